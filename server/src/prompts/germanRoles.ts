const list = (words: string): readonly string[] => words.trim().split(/\s+/);

const verbs = `segmentiere segmentieren segmentier segmentiert zeig zeige zeigen zeigt anzeigen finde finden markiere
  markieren markiert messen messe miss vermessen bestimme bestimmen such suche suchen umranden umrande konturiere
  konturieren
  berechne berechnen darstellen stelle hervorheben zeichne zeichnen einzeichnen`;

/**
 * German words with a role, by the role: see `wordRoles.ts`; folded as by `tokenize`, and with "ae" for "ä". None of
 * them is used as a correction: "lines" is not a misspelt "links".
 */
export const german = {
  left: list(`links linke linker linkes linken linkem li lks linksseitig linksseitige linksseitiger linksseitiges
    linksseitigen linksseitigem`),
  right: list(`rechts rechte rechter rechtes rechten rechtem re rts rechtsseitig rechtsseitige rechtsseitiger
    rechtsseitiges rechtsseitigen rechtsseitigem`),
  both: list(`beide beiden beider beides beidseits beiderseits beidseitig beidseitige beidseitiger beidseitiges
    beidseitigen bds bilaterale bilateralen`),
  abbreviations: list('li lks re rts bds bd u o inkl bzw ggf evtl ca vgl'),
  sideNouns: list('seite seiten'),
  links: list('und oder sowie dann zusammen u bzw beziehungsweise'),
  fillers: list(`der die das den dem des ein eine einen einem einer eines bitte danke mal nur auch jetzt hier noch ganze
    ganzer ganzes ganzen gesamte gesamter gesamtes gesamten komplette kompletten dieser diese dieses diesem diesen
    anatomisch anatomische anatomischen`),
  requestWords:
    list(`${verbs} ich wir du sie ihr mir uns will mochte moechte mochten moechten hatte haette gern gerne kann
    kannst konnen koennen konntest koenntest konnten koennten sehen wo wie was ist sind liegt liegen befindet befinden
    sich hat haben gibt fasst misst betragt betraegt es mit hallo guten tag umriss umrisse kontur konturen volumen
    grosse groesse segmentierung
    segmentierungen maske masken struktur strukturen organ organe von fur fuer`),
  closingWords: list(`${verbs} dar hervor sehen volumen segmentierung maske masken kontur umriss ist sind liegt liegen
    mir uns`),
  contextNouns:
    list(`bild bilder bildes bildern aufnahme aufnahmen untersuchung studie serie datensatz patient patienten
    patientin`),
  contextPrepositions: list('im auf am an vom von fur fuer bei beim aus zur zum'),
  quantifiers: list('jede jeder jedes jeden jedem alle allen aller'),
  everythingWords: list('alles alle allen aller'),
  negations: list(`ohne kein keine keinen keiner keines keinem nicht nichts ausser ausserhalb ausgenommen weder statt
    anstatt entferne entfernen weglassen ignoriere ignorieren losche loschen loesche loeschen
    abzuglich abzueglich ausnahme weg vergiss nein nie niemals keinesfalls anstelle ausblenden ausgeblendet verbergen`),
} as const;

export const germanWords: ReadonlySet<string> = new Set(Object.values(german).flat());
