import type { TargetView } from './finding.js';

/**
 * German names of structures, without a side, by the code of their type (SNOMED CT, FMA, DICOM). They serve every
 * package that uses these codes. Names are in the nominative singular, plus plurals that change a vowel; the server
 * derives other cases and plurals (prompts/germanBase.ts). The first name is displayed. Written from general knowledge
 * of anatomical German. Names of only a part of the structure are left out (Wirbelkörper for Wirbel, Halsmark for
 * Rückenmark). Concepts missing here have no German name.
 */
const table = `
69536005: Kopf
128319008: intrakranieller Raum, Intrakranialraum, Schädelinneres, Schädelinhalt, Schädelhöhle
12738006: Gehirn, Hirn, Hirnparenchym, Hirngewebe, Enzephalon
83678007: Großhirn, Endhirn, Zerebrum, Telenzephalon
372073000: Großhirnhemisphäre, Hirnhemisphäre, Hemisphäre, Hirnhälfte, Gehirnhälfte
68523003: Großhirnmark, Marklager, Großhirnmarklager, weiße Substanz des Großhirns
40146001: Großhirnrinde, Hirnrinde, Kortex, zerebraler Kortex, Neokortex
35764002: Ventrikel, Hirnventrikel, Ventrikelsystem, Hirnkammer, innerer Liquorraum, innere Liquorräume
66720007: Seitenventrikel
53118009: Unterhorn, Unterhörner, Temporalhorn, Temporalhörner
49841001: dritter Ventrikel, 3. Ventrikel, III. Ventrikel
35918002: vierter Ventrikel, 4. Ventrikel, IV. Ventrikel
65216001: Liquor, Liquorraum, Liquorräume, Hirnwasser, Nervenwasser, Zerebrospinalflüssigkeit
33930006: äußerer Liquorraum, äußere Liquorräume, Subarachnoidalraum, Subarachnoidalräume
113305005: Kleinhirn, Zerebellum, Kleinhirnhemisphäre
33060004: Kleinhirnmark, Kleinhirnmarklager, weiße Substanz des Kleinhirns
25991003: Kleinhirnrinde, Kleinhirnkortex
119238007: Hirnstamm, Stammhirn
223151: tiefe graue Substanz, subkortikale graue Substanz
32610002: Basalganglien, Stammganglien
31428008: Striatum, Streifenkörper
41648007: Linsenkern
42695009: Thalamus, Sehhügel
11000004: Nucleus caudatus, Schweifkern, Caudatus
89278009: Putamen, Schalenkern, Schalenkörper
14738005: Pallidum, bleicher Kern, bleiche Kugel
427667007: Nucleus accumbens
5366008: Hippocampus, Ammonshorn, Ammonshörner, Hippokampus, Hippokampi, Hippokampusformation
4958002: Mandelkern, Mandelkörper, Mandelkernkomplex
MEDIAL-TEMPORAL: mediale Temporalstrukturen, mesiale Temporalstrukturen, mediotemporale Strukturen
110700: ventrales Zwischenhirn, ventrales Diencephalon, ventrales Dienzephalon
70007007: schwarze Substanz
389080008: weiße Substanz, weiße Hirnsubstanz
389081007: graue Substanz, graue Hirnsubstanz
88442005: Balken
70105001: Sehstrahlung
1320: Pyramidenbahn
83251001: Stirnlappen, Frontallappen
16630005: Scheitellappen, Parietallappen
78277001: Schläfenlappen, Temporallappen
31065004: Hinterhauptslappen, Hinterhauptlappen, Okzipitallappen
36169008: Insel, Inselrinde
56329008: Hirnanhangsdrüse, Hirnanhangdrüse, Hypophyse
89546000: Schädel, Schädelknochen, knöcherner Schädel
91609006: Unterkiefer, Unterkieferknochen, Mandibula
53620006: Kiefergelenk
40638003: Augen, Augäpfel, beide Augen, beide Augäpfel
81745001: Auge
79652003: Augapfel, Augäpfel, Augenbulbus
78076003: Augenlinse, Linse
13561001: Tränendrüse
18234004: Sehnerv, Nervus opticus
244453006: Sehnervenkreuzung, Chiasma opticum
81016008: Sehnervenkopf, Sehnervenpapille
80169004: Hörschnecke, Schnecke
51837005: Paukenhöhle
25342003: Mittelohr
361078006: innerer Gehörgang
279549004: Nasenhöhle
34508005: Nasenschleimhaut
360955006: Nasenrachenraum, Nasenrachen
74262004: Mundhöhle
48477009: Lippe
60819002: Wange
39937001: Haut
87784001: Weichteile, Weichteilgewebe, Weichgewebe
2748008: Rückenmark, Myelon
45289007: Ohrspeicheldrüse, Parotis
54019009: Unterkieferspeicheldrüse
69748006: Schilddrüse
4596009: Kehlkopf
38266002: Körper, ganzer Körper, Ganzkörper, Körperkontur
3138006: Knochen, Skelett, knöchernes Skelett
55603005: Fett, Fettgewebe, Körperfett
91727004: Muskel, Muskulatur, Skelettmuskulatur
59441001: Lymphknoten
59820001: Blutgefäß
74947009: andere Luft im Körper
CT-DENSE: dichtes Material, Metall, dichtes Kontrastmittel, Metallimplantat
39607008: Lunge, Lungenflügel, Lungenparenchym
45653009: Lungenoberlappen, Oberlappen
72481006: Lungenmittellappen, Mittellappen
90572001: Lungenunterlappen, Unterlappen
110726009: Atemwege, Luftwege, Tracheobronchialsystem
44567001: Luftröhre
955009: Bronchus, Bronchien
91381003: Pleurahöhle, Pleuraraum, Pleuraspalt
80891009: Herz
59652004: Herzvorhof, Vorhof, Vorhöfe
82471001: linker Vorhof
73829009: rechter Vorhof
33626005: linkes Herzohr
21814001: Herzkammer
87878005: linke Herzkammer
53085002: rechte Herzkammer
74281007: Herzmuskel, Myokard
9875009: Thymusdrüse
76752008: Brustdrüse
32849002: Speiseröhre
15825003: Aorta, Hauptschlagader
54247002: aufsteigende Aorta
69105007: Halsschlagader, Karotis, Karotiden
32062004: gemeinsame Halsschlagader
86117002: innere Halsschlagader
12123001: innere Drosselvene
36765005: Schlüsselbeinarterie
2841007: Nierenarterie
56400007: Nierenvene
10293006: Beckenarterie
244411005: Beckenvene
48345005: obere Hohlvene, V. cava superior
64131007: untere Hohlvene, V. cava inferior
81040000: Lungenarterie, Pulmonalarterie
122972007: Lungenvene, Pulmonalvene
10200004: Leber
LEF-LOB-OF-LIV: linker Leberlappen
RIG-LOB-OF-LIV: rechter Leberlappen
28231008: Gallenblase
15776009: Bauchspeicheldrüse, Pankreas
78961009: Milz
69695003: Magen
38848004: Zwölffingerdarm
30315005: Dünndarm
113276009: Darm
71854001: Dickdarm, Kolon, Grimmdarm
34402009: Enddarm, Mastdarm, Rektum
23451007: Nebenniere
64033007: Niere
89837001: Harnblase
41216001: Prostata, Vorsteherdrüse
279706003: periphere Zone
399384005: Transitionszone
35039007: Gebärmutter
71252005: Gebärmutterhals
82561000: Schambeinfuge, Symphyse
51282000: Wirbel
84667006: Halswirbel
35769007: Brustwirbel
73903008: Lendenwirbel
360499006: Bandscheibe, Zwischenwirbelscheibe
61853006: Spinalkanal, Wirbelkanal
54735007: Kreuzbein, Sakrum
113197003: Rippe
50016007: Rippenknorpel
51299004: Schlüsselbein, Klavikula
79601000: Schulterblatt, Schulterblätter, Skapula
85050009: Humerus, Oberarmknochen
56873002: Brustbein
HIP-BONE: Hüftbein, Hüftknochen
71341001: Femur, Oberschenkelknochen
2812003: Hüftkopf, Femurkopf, Oberschenkelkopf
12611008: Schienbein
206007: großer Gesäßmuskel
GLU-MED-AND-MIN: mittlerer und kleiner Gesäßmuskel
78333006: mittlerer Gesäßmuskel
75297007: kleiner Gesäßmuskel
68455001: Iliopsoas, Lendendarmbeinmuskel
244849004: autochthone Rückenmuskulatur
SOLEUS: Schollenmuskel
`;

/** Numbered structures, from the first: "5. Rippe" and "fünfte Rippe". */
const counted: readonly (readonly [noun: string, codes: string])[] = [
  ['Halswirbel', '14806007 39976000 113205007 5329002 36978003 36054005 87391001'],
  [
    'Brustwirbel',
    `64864005 53733008 1626008 73071006 56401006 45296009 62487009 11068009 82687006 7610001 12989004
    23215003`,
  ],
  ['Lendenwirbel', '66794005 14293000 36470004 11994002 49668003 LUMBAR-VERTEBR-6'],
  [
    'Rippe',
    `48535007 78247007 25888004 25523003 15339008 59558009 24915002 5953002 22565002 77644006 58830002
    43993008`,
  ],
];
const ordinals = 'erster zweiter dritter vierter fünfter sechster siebter achter neunter zehnter elfter zwölfter'.split(
  ' ',
);

/** Code of a type → its German names. */
export const germanNames: ReadonlyMap<string, readonly string[]> = new Map([
  ...table
    .trim()
    .split('\n')
    .map((line): [string, string[]] => {
      const [code = '', names = ''] = line.split(': ');
      return [code, names.split(', ')];
    }),
  ...counted.flatMap(([noun, codes]) =>
    codes
      .trim()
      .split(/\s+/)
      .map((code, n): [string, string[]] => [code, [`${n + 1}. ${noun}`, `${ordinals[n]} ${noun}`]]),
  ),
]);

const sides = { left: ' links', right: ' rechts', both: '' } as const;

/** The German name of a target with its side, "Lunge links"; undefined if it has none. */
export function germanNameOf({
  code,
  laterality,
  anatomicRegion,
  freeText,
}: Pick<TargetView, 'code' | 'laterality' | 'anatomicRegion' | 'freeText'>): string | undefined {
  const [name] = germanNames.get(code.value) ?? [];
  if (name === undefined || anatomicRegion !== undefined || freeText !== undefined) return undefined;
  return name.charAt(0).toUpperCase() + name.slice(1) + (laterality === undefined ? '' : sides[laterality]);
}
