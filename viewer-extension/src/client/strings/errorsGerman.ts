import type { ErrorCode } from '../../../../server/contract/errorTable.js';

/** What happened, and what to do now. */
type GermanError = readonly [title: string, nextStep: string];

const nichts = 'Sie müssen nichts tun.';

/** The server's errors in German, by code; what the server adds about the single case stays English. */
export const germanErrors: Readonly<Record<ErrorCode, GermanError>> = {
  'sign-in-needed': [
    'Nicht angemeldet',
    'Melden Sie sich unter /auth/sign-in im Browser an. Programme senden einen API-Schlüssel oder ein Token.',
  ],
  'session-over': ['Die Sitzung ist zu Ende', 'Melden Sie sich unter /auth/sign-in wieder an.'],
  'credential-invalid': [
    'Schlüssel oder Token ist nicht gültig',
    'Fordern Sie ein neues Token an, oder bitten Sie die Administration um einen Schlüssel (`promptseg keys create`).',
  ],
  'not-permitted': [
    'Nicht erlaubt',
    'Bitten Sie die Administration um eine Rolle oder einen Schlüssel mit diesem Recht; siehe ' +
      'docs/administer/security.md.',
  ],
  'origin-missing': [
    'Die Anfrage sagt nicht, von welcher Seite sie kommt',
    'Benutzen Sie in Programmen einen API-Schlüssel oder ein Token statt eines Cookies.',
  ],
  'proxy-untrusted': [
    'Dem Proxy wird nicht vertraut',
    'Öffnen Sie den Server über seinen Proxy, und tragen Sie dessen Adresse in PROMPTSEG_TRUSTED_PROXIES ein.',
  ],
  'sign-in-failed': [
    'Die Anmeldung ist fehlgeschlagen',
    'Versuchen Sie es unter /auth/sign-in noch einmal. Bleibt es dabei, prüft die Administration die ' +
      'Einstellungen PROMPTSEG_OIDC.',
  ],
  'sign-in-unavailable': [
    'Der Anmeldedienst antwortet nicht',
    'Versuchen Sie es in einer Minute noch einmal. Bleibt es dabei, prüfen Sie den OpenID-Provider ' +
      'von PROMPTSEG_OIDC_ISSUER.',
  ],
  'key-not-found': ['Diesen Schlüssel gibt es nicht', 'Listen Sie die Schlüssel mit `promptseg keys list` auf.'],
  'setting-invalid': [
    'Eine Einstellung ist nicht gültig',
    'Berichtigen Sie die Einstellung und starten Sie neu; docs/administer/operations.md nennt alle Einstellungen.',
  ],
  'log-in-missing': [
    'Der Server hat keine Anmeldung',
    'Setzen Sie PROMPTSEG_AUTH auf oidc oder proxy, oder lassen Sie ihn nur auf 127.0.0.1 hören. Mit ' +
      'PROMPTSEG_INSECURE=true startet er trotzdem, mit einer Warnung auf jeder Seite.',
  ],
  'recognition-unanswered': [
    'Die Zeit war um, bevor eine Struktur geprüft war',
    'Geben Sie mehr Zeit (recognize.withinSeconds), oder fragen Sie nach weniger Strukturen.',
  ],
  'dataset-invalid': [
    'Der Datensatz mit Labels kann nicht ausgewertet werden',
    'Vergleichen Sie ihn mit dem Aufbau in docs/use/evaluation.md.',
  ],
  'nifti-unreadable': ['Eine NIfTI-Datei ist nicht lesbar', 'Speichern Sie die Datei mit einem anderen Programm neu.'],
  'input-unusable': [
    'Die Eingabe kann nicht benutzt werden',
    'Nennen Sie eine NIfTI-Datei, eine DICOM-Datei oder einen Ordner mit den DICOM-Dateien einer Studie.',
  ],
  'series-needed': ['Es gibt mehrere Serien', 'Nennen Sie eine davon mit --series.'],
  'options-invalid': ['Die Optionen passen nicht', 'Die Optionen des Befehls zeigt --help.'],
  'modality-needed': [
    'Die Modalität des Bildes ist nicht bekannt',
    'Geben Sie sie an: --modality CT, --modality MR oder --modality PT.',
  ],
  'output-unusable': [
    'Der Ausgabeordner kann nicht benutzt werden',
    'Nennen Sie mit --output einen anderen, oder ersetzen Sie das frühere Ergebnis mit --force.',
  ],
  'prompt-set-not-found': [
    'Diese Liste gibt es nicht',
    'Öffnen Sie die Vorlagen noch einmal; vielleicht hat jemand sie gelöscht.',
  ],
  'prompt-set-exists': [
    'Eine Liste mit diesem Namen gibt es schon',
    'Wählen Sie einen anderen Namen, oder ändern Sie die vorhandene.',
  ],
  'archive-unreachable': [
    'Das Archiv antwortet nicht',
    'Prüfen Sie, ob das DICOMweb-Archiv läuft und seine Adresse stimmt, und versuchen Sie es noch einmal.',
  ],
  'archive-refused': [
    'Das Archiv hat die Anfrage abgelehnt',
    'Prüfen Sie Zugangsdaten, Rechte und Protokoll des Archivs.',
  ],
  'archive-busy': ['Das Archiv ist beschäftigt', 'Versuchen Sie es später noch einmal.'],
  'archive-broken-answer': [
    'Das Archiv hat eine unlesbare Antwort geschickt',
    'Versuchen Sie es noch einmal. Geschieht es jedes Mal, prüfen Sie das Protokoll des Archivs.',
  ],
  'result-not-encodable': [
    'Das Ergebnis lässt sich nicht als DICOM-Objekt speichern',
    'Fragen Sie nach weniger Strukturen oder ohne RT Structure Set und Presentation State, oder wählen Sie eine ' +
      'Serie mit ebenen, parallelen Schichten.',
  ],
  'segments-overlap': [
    'Die Segmente überlappen, was eine Label Map nicht fasst',
    'Wählen Sie eine binäre Segmentierung, oder fragen Sie einzeln nach den überlappenden Strukturen.',
  ],
  'probabilities-unavailable': [
    'Das Modell gibt keine Wahrscheinlichkeiten',
    'Wählen Sie eine binäre Segmentierung oder eine Label Map, oder ein anderes Modell.',
  ],
  'segmentation-unreadable': [
    'Die Segmentierung ist nicht lesbar',
    'Exportieren Sie sie unkomprimiert oder verlustfrei komprimiert (RLE, JPEG, JPEG-LS, JPEG 2000).',
  ],
  'store-refused': [
    'Das Archiv hat das Ergebnis nicht angenommen',
    'Prüfen Sie, ob das Archiv Segmentierungen über STOW-RS annimmt und Platz hat.',
  ],
  'store-too-large': [
    'Das Ergebnis ist größer, als das Archiv annimmt',
    'Erhöhen Sie die Grenze des Archivs oder des Proxys davor, oder fragen Sie nach weniger Strukturen auf einmal.',
  ],
  'store-conflict': [
    'Das Archiv hat unter der UID des Ergebnisses ein anderes Objekt',
    'Starten Sie den Auftrag noch einmal; das Ergebnis bekommt eine neue UID.',
  ],
  'store-not-verified': [
    'Das gespeicherte Ergebnis weicht von dem gesendeten ab',
    'Prüfen Sie das Protokoll des Archivs; das Ergebnis gilt nicht als gespeichert.',
  ],
  'result-missing': [
    'Der Auftrag hat kein solches Ergebnis',
    'Warten Sie, bis der Auftrag beendet ist, oder wählen Sie einen, der etwas gefunden hat.',
  ],
  'result-deleted': [
    'Das Ergebnis wurde gelöscht',
    'Starten Sie den Auftrag noch einmal; die Befunde stehen weiter in seinen Angaben.',
  ],
  'result-not-in-archive': [
    'Das Archiv hat das Ergebnis nicht mehr',
    'Starten Sie den Auftrag noch einmal, oder suchen Sie das Ergebnis in einem anderen Archiv.',
  ],
  'archive-cannot-delete': [
    'Dieses Archiv kann nicht auf Anfrage löschen',
    'Löschen Sie die Serie im Archiv. Ist das Archiv ein Orthanc, setzen Sie PROMPTSEG_ORTHANC_URL.',
  ],
  'segment-not-found': ['Das Ergebnis hat kein solches Segment', 'Nehmen Sie die segmentNumber eines Befunds.'],
  'finding-not-found': [
    'Der Auftrag hat keinen solchen Befund',
    'Zählen Sie die Befunde von 0 an; es gibt sie, sobald der Auftrag fertig ist.',
  ],
  'edit-unsuitable': [
    'Die bearbeitete Segmentierung gehört nicht zu dem Ergebnis',
    'Bearbeiten Sie das gespeicherte Ergebnis im Viewer auf seinen eigenen Bildern, und speichern Sie es noch einmal.',
  ],
  'edit-empty': [
    'Die bearbeitete Segmentierung ist leer',
    'Lassen Sie mindestens ein Voxel stehen, oder löschen Sie das Ergebnis.',
  ],
  'edit-without-change': [
    'Nichts wurde geändert',
    'Bearbeiten Sie erst ein Segment; ein unverändertes Ergebnis wird nicht noch einmal gespeichert.',
  ],
  'upload-too-large': ['Das Hochgeladene ist zu groß', 'Exportieren Sie weniger Segmente auf einmal.'],
  'answers-busy': [
    'Zu viele Bilder, Exporte und Bearbeitungen auf einmal',
    'Versuchen Sie es in einigen Sekunden noch einmal.',
  ],
  'answer-interrupted': [
    'Die Anfrage konnte nicht zu Ende geführt werden',
    'Versuchen Sie es noch einmal. Bleibt es dabei, braucht die Serie vielleicht mehr Speicher, als der Server hat.',
  ],
  'study-not-found': [
    'Diese Studie gibt es nicht',
    'Prüfen Sie die Study Instance UID, und ob die Studie an dieses Archiv gesendet wurde.',
  ],
  'series-not-found': [
    'Diese Serie gibt es nicht',
    'Prüfen Sie die Series Instance UID, und ob die Serie zu dieser Studie gehört.',
  ],
  'series-without-images': [
    'Die Serie enthält keine Bilder',
    'Wählen Sie eine Serie mit CT-, MR- oder PET-Bildern, Röntgenbilder zur Darstellung oder Standbilder.',
  ],
  'instance-unreadable': [
    'Ein Bild der Serie ist nicht lesbar',
    'Senden Sie die Serie von ihrer Quelle noch einmal an das Archiv.',
  ],
  'transfer-syntax-unsupported': [
    'Die Kompression der Bilder wird nicht unterstützt',
    'Lassen Sie das Archiv die Serie in eine übliche Transfersyntax umwandeln, etwa Explicit VR Little Endian.',
  ],
  'pixel-format-unsupported': [
    'Das Pixelformat wird nicht unterstützt',
    'Wählen Sie eine Serie mit Graustufenbildern von 8, 16 oder 32 Bit.',
  ],
  'sop-class-unsupported': [
    'Bilder dieser Art können nicht gelesen werden',
    'Wählen Sie eine Serie mit CT-, MR- oder PET-Bildern, Röntgenbilder zur Darstellung oder Standbilder.',
  ],
  'image-kind-unsupported': [
    'Die Bilder sind weder Schichten des Körpers noch einzelne Standbilder',
    'Wählen Sie die Serie mit den Schichten selbst, eine je Bild; bei Einzelbildern solche zur Darstellung.',
  ],
  'photometric-unsupported': [
    'Die Bilder sind nicht in Graustufen',
    'Wählen Sie eine Serie mit CT-, MR- oder PET-Bildern in Graustufen.',
  ],
  'geometry-missing': [
    'Die Bilder sagen nicht, wo sie liegen',
    'Senden Sie die Serie von ihrer Quelle noch einmal. Vielleicht hat eine Anonymisierung die Geometrie entfernt.',
  ],
  'volume-needed': [
    'Dafür ist ein Volumen aus Schichten nötig',
    'Verlangen Sie nur die Segmentierung; bei Einzelbildern bezieht sie sich auf das Bild.',
  ],
  'slide-needed': [
    'Nur ein ganzer Objektträger hat Ausschnitte',
    'Lassen Sie den Ausschnitt weg, oder wählen Sie eine Serie der Mikroskopie (SM).',
  ],
  'slide-level-needed': [
    'Der Ausschnitt sagt nicht, zu welcher Stufe seine Pixel gehören',
    'Nennen Sie die Stufe als Stapel, oder geben Sie den Ausschnitt in mm an.',
  ],
  'slide-region-outside': [
    'Der Ausschnitt liegt außerhalb des Objektträgers',
    'Wählen Sie einen Ausschnitt innerhalb der Pixelmatrix in den Einzelheiten.',
  ],
  'slide-region-too-large': [
    'Der Ausschnitt hat zu viele Pixel',
    'Wählen Sie einen kleineren Ausschnitt oder eine gröbere Stufe.',
  ],
  'slide-needs-archive': [
    'Objektträger werden nur aus einem Archiv gelesen',
    'Speichern Sie den Objektträger im Archiv, und nennen Sie --study und --series.',
  ],
  'image-too-large': [
    'Die Serie ist zu groß',
    'Wählen Sie eine mit weniger oder kleineren Bildern, etwa eine Rekonstruktion mit dickeren Schichten.',
  ],
  'series-incomplete': [
    'Das Archiv liefert nicht die ganze Serie',
    'Warten Sie, bis sie ganz angekommen ist. Geschieht es jedes Mal, prüfen Sie das Protokoll des Archivs.',
  ],
  'series-listed-twice': [
    'Das Archiv führt die Serie zweimal',
    'Löschen Sie im Archiv die Kopie der Studie, die unter der falschen Person steht.',
  ],
  'series-mixed': [
    'Die Bilder gehören nicht zu einer Serie',
    'Prüfen Sie die Kopie im Archiv, und senden Sie die Serie von ihrer Quelle noch einmal.',
  ],
  'frames-of-reference-mixed': [
    'Die Bilder haben verschiedene Bezugssysteme',
    'Wählen Sie eine Serie aus einer einzigen Aufnahme.',
  ],
  'sizes-mixed': [
    'Die Bilder unterscheiden sich in Größe oder Pixelabstand',
    'Wählen Sie eine Serie mit Bildern einer Größe.',
  ],
  'orientations-mixed': [
    'Die Bilder sind nicht parallel',
    'Wählen Sie eine Serie paralleler Schichten; Localizer enthalten oft mehrere Richtungen.',
  ],
  'slices-duplicate': [
    'Mehrere Bilder zeigen dieselbe Schicht',
    'Wählen Sie eine Serie mit einer Phase, einem Echo oder Zeitpunkt, oder lassen Sie sie teilen.',
  ],
  'slices-missing': [
    'Schichten fehlen',
    'Senden Sie die ganze Serie von ihrer Quelle noch einmal, oder wählen Sie eine lückenlose.',
  ],
  'slices-uneven': ['Die Schichten haben ungleiche Abstände', 'Wählen Sie eine Rekonstruktion mit gleichen Abständen.'],
  'stack-not-found': [
    'Die Serie hat keinen solchen Stapel',
    'Wählen Sie einen der Stapel in den Einzelheiten, oder lassen Sie die Angabe weg.',
  ],
  'port-in-use': ['Der Port ist belegt', 'Beenden Sie das andere Programm, oder wählen Sie mit --port einen anderen.'],
  'server-unreachable': [
    'Der Promptseg-Server antwortet nicht',
    'Starten Sie ihn mit `promptseg serve` oder `npm run demo`, oder nennen Sie seine Adresse mit --server.',
  ],
  'data-folder-in-use': [
    'Der Datenordner ist belegt',
    'Beenden Sie den anderen Server, oder geben Sie diesem mit --data einen eigenen Ordner.',
  ],
  'database-unreachable': [
    'Die Datenbank antwortet nicht',
    'Prüfen Sie, ob der PostgreSQL-Server von DATABASE_URL läuft und diesen Benutzer annimmt.',
  ],
  'database-newer': [
    'Die Datenbank gehört zu einer neueren Version von Promptseg',
    'Aktualisieren Sie Promptseg auf diesem Rechner.',
  ],
  'database-not-empty': [
    'Die Datenbank ist schon in Gebrauch',
    'Nennen Sie eine leere; details.tables nennt die Tabellen mit Daten.',
  ],
  'prompt-not-understood': [
    'Die Eingabe wurde nicht verstanden',
    'Nehmen Sie eine der ähnlichen Strukturen, oder suchen Sie unter „Durchsuchen“.',
  ],
  'prompt-partly-understood': [
    'Nur ein Teil der Eingabe wurde verstanden',
    'Berichtigen Sie den Rest oder lassen Sie ihn weg, oder erlauben Sie einen Teil ("allowPartial": true).',
  ],
  'name-ambiguous': ['Der Name meint mehrere Strukturen', 'Nennen Sie eine davon.'],
  'box-unsuitable': [
    'Das Rechteck passt nicht zu den Bildern',
    'Zeichnen Sie es auf einer Ebene dieser Bilder um das, was markiert werden soll.',
  ],
  'click-unsuitable': [
    'Der Klick, Strich oder Lasso passt nicht zu den Bildern',
    'Klicken oder zeichnen Sie in diesen Bildern auf das, was dazukommen oder wegfallen soll.',
  ],
  'draft-not-found': ['Diesen Entwurf gibt es nicht', 'Beginnen Sie die Korrektur des Ergebnisses neu.'],
  'draft-changed': [
    'Der Entwurf wurde inzwischen geändert',
    'Sehen Sie ihn noch einmal an, und übernehmen Sie ihn dann.',
  ],
  'draft-empty': [
    'Der Entwurf hat weder Klick noch Strich oder Lasso',
    'Klicken oder zeichnen Sie auf das, was dazukommen oder wegfallen soll, oder verwerfen Sie den Entwurf.',
  ],
  'draft-full': [
    'Der Entwurf hat zu viele Klicks, Striche oder Lassos',
    'Übernehmen Sie ihn, und korrigieren Sie danach das neue Ergebnis.',
  ],
  'body-part-not-served': [
    'Das Modell ist für einen anderen Körperteil gemacht',
    'Wählen Sie eine Serie des richtigen Körperteils. Ist er in der Serie falsch angegeben, starten ' +
      'Sie es mit „Trotzdem ausführen“.',
  ],
  'modality-not-served': [
    'Kein Modell liest diese Modalität',
    'Wählen Sie eine Serie in einer Modalität, die ein installiertes Modell liest.',
  ],
  'model-not-found': [
    'Dieses Modell gibt es nicht',
    'Die installierten Modelle stehen unter /models und in `promptseg models`.',
  ],
  'rule-invalid': [
    'Die Regel ist nicht gültig',
    'Berichtigen Sie die genannten Stellen; siehe docs/administer/routing.md. Die gespeicherten ' +
      'Regeln sind unverändert.',
  ],
  'rule-not-found': ['Diese Regel gibt es nicht', 'Die Regeln stehen unter /rules und in `promptseg rules list`.'],
  'rule-exists': [
    'Eine Regel mit diesem Namen gibt es schon',
    'Wählen Sie einen anderen Namen, oder ändern Sie die vorhandene.',
  ],
  'rule-changed': [
    'Jemand anderes hat die Regel geändert',
    'Lesen Sie die Regel neu, vergleichen Sie die Änderungen, und senden Sie Ihre noch einmal.',
  ],
  'rule-of-file': [
    'Die Regel steht in einer Datei',
    'Ändern Sie sie in der Datei von PROMPTSEG_RULES_FILE; der Server liest sie nach wenigen Sekunden neu.',
  ],
  'rule-too-wide': [
    'Die Regel passt auf alles',
    'Fügen Sie Bedingungen hinzu. Soll sie auf alles passen, bestätigen Sie es mit everySeries: true.',
  ],
  'backfill-not-found': ['Dieses Nachholen gibt es nicht', 'Die Liste steht unter /rules.'],
  'backfill-ended': ['Das Nachholen ist schon beendet', nichts],
  'series-not-parked': ['Die Serie ist nicht geparkt', 'Die geparkten Serien stehen unter /rules.'],
  'prior-not-found': [
    'Es gibt keine frühere Serie zum Vergleichen',
    'Senden Sie die frühere Untersuchung in dieses Archiv, oder nennen Sie eine Serie.',
  ],
  'prior-unsuitable': ['Die Serie kann nicht die frühere sein', 'Wählen Sie eine der früheren Serien aus der Liste.'],
  'patients-differ': [
    'Die beiden Untersuchungen nennen nicht dieselbe Person',
    'Prüfen Sie beide im Archiv. Sind sie von einer Person, berichtigen Sie dort deren Angaben.',
  ],
  'patient-unidentified': [
    'Die Bilder sagen nicht, von wem sie sind oder wann sie entstanden',
    'Wählen Sie eine Serie mit Patienten-ID und Datum. Vielleicht hat eine Anonymisierung beides entfernt.',
  ],
  'comparison-unsuitable': [
    'Dieser Auftrag kann nicht mit einer früheren Untersuchung verglichen werden',
    'Segmentieren Sie die Serie mit einem Text, und vergleichen Sie diesen Auftrag.',
  ],
  'job-not-found': ['Diesen Auftrag gibt es nicht', 'Prüfen Sie seine Id.'],
  'job-open': ['Der Auftrag ist noch nicht beendet', 'Warten Sie, bis er beendet ist, oder brechen Sie ihn ab.'],
  'job-ended': ['Der Auftrag ist schon beendet', nichts],
  'job-being-stored': [
    'Das Ergebnis wird schon gespeichert',
    'Warten Sie, bis der Auftrag beendet ist, und löschen Sie dann das Ergebnis, wenn Sie es nicht wollen.',
  ],
  'model-package-corrupt': [
    'Ein Modellpaket ist beschädigt oder nicht gültig',
    'Installieren Sie das Modellpaket noch einmal aus seiner Quelle.',
  ],
  'model-package-unsigned': [
    'Ein Modellpaket ist nicht mit einem bekannten Schlüssel signiert',
    'Installieren Sie ein signiertes, oder lassen Sie dieses signieren (promptseg models sign).',
  ],
  'model-selftest-failed': [
    'Das Modell besteht auf diesem Rechner seinen Selbsttest nicht',
    'Versuchen Sie den Execution Provider cpu. Hilft das nicht, installieren Sie das Modellpaket noch einmal.',
  ],
  'execution-provider-unavailable': [
    'Der Execution Provider ist nicht verfügbar',
    'Installieren Sie die CUDA-Bibliotheken von ONNX Runtime, oder wählen Sie auto oder cpu.',
  ],
  'gpu-install-unsupported': [
    'Für diese Installation gibt es keine CUDA-Bibliotheken',
    'Führen Sie `npm ci` aus, damit die Versionen zusammenpassen; WebGPU braucht keine Bibliotheken.',
  ],
  'gpu-download-failed': [
    'Eine Datei der CUDA-Bibliotheken war nicht zu bekommen',
    'Führen Sie den Befehl noch einmal aus, er macht dort weiter. Ohne Verbindung nehmen Sie --from.',
  ],
  'gpu-install-failed': [
    'Die CUDA-Bibliotheken konnten nicht installiert werden',
    'Beheben Sie das und führen Sie den Befehl noch einmal aus; es wurde nichts geändert.',
  ],
  'memory-insufficient': [
    'Der Auftrag braucht mehr Speicher, als frei ist',
    'Fragen Sie nach weniger Strukturen, versuchen Sie es später, oder nehmen Sie einen Rechner mit mehr Speicher.',
  ],
  'request-invalid': ['Die Anfrage ist nicht gültig', 'Berichtigen Sie die Felder, die in den Einzelheiten stehen.'],
  'body-too-large': [
    'Die Anfrage ist zu groß',
    'Senden Sie weniger auf einmal: weniger oder kürzere Eingaben, oder Regeln einzeln.',
  ],
  'host-not-allowed': [
    'Dieser Rechnername ist nicht erlaubt',
    'Nehmen Sie die Adresse, die der Server beim Start nennt, oder tragen Sie den Namen in ' +
      'PROMPTSEG_ALLOWED_HOSTS ein.',
  ],
  'foreign-page': [
    'Andere Webseiten dürfen diesen Server nicht benutzen',
    'Öffnen Sie die Seite auf diesem Server. Ein Proxy muss den Host so weitergeben, wie ihn der Browser sendet.',
  ],
  'request-too-slow': [
    'Die Anfrage kam zu langsam an',
    'Prüfen Sie das Netz zwischen Ihnen und dem Server, und senden Sie sie noch einmal.',
  ],
  'too-many-streams': [
    'Zu viele Live-Ansichten sind offen',
    'Schließen Sie einige Tabs mit Promptseg, und versuchen Sie es noch einmal.',
  ],
  'too-many-uploads': [
    'Zu viele Uploads sind offen',
    'Warten Sie, bis die offenen fertig sind, und versuchen Sie es noch einmal.',
  ],
  'too-many-jobs': [
    'Zu viele Aufträge sind offen',
    'Warten Sie, bis einige beendet sind, oder brechen Sie welche ab, und versuchen Sie es noch einmal.',
  ],
  'not-found': ['Nicht gefunden', 'Prüfen Sie die Adresse.'],
  cancelled: ['Der Auftrag wurde abgebrochen', 'Starten Sie ihn noch einmal, wenn Sie ihn noch brauchen.'],
  'worker-lost': [
    'Der Arbeitsprozess ist unerwartet zu Ende gegangen',
    'Der Auftrag wird automatisch wiederholt. Bleibt es dabei, braucht das Bild vielleicht mehr ' +
      'Speicher, als dieser Rechner hat.',
  ],
  'worker-silent': [
    'Der Arbeitsprozess antwortet nicht mehr',
    'Der Auftrag wird automatisch wiederholt. Bleibt es dabei, prüfen Sie das Protokoll auf jenem Rechner.',
  ],
  'lease-lost': ['Ein anderer Arbeitsprozess hat den Auftrag übernommen', nichts],
  'memory-exhausted': [
    'Dem Auftrag ging der Speicher aus',
    'Fragen Sie nach weniger Strukturen, wählen Sie eine kleinere Serie, oder nehmen Sie einen ' +
      'Rechner mit mehr Speicher.',
  ],
  'settings-file-invalid': [
    'Eine Einstellungsdatei ist nicht gültig',
    'Berichtigen Sie die Datei an der genannten Stelle, und starten Sie neu.',
  ],
  'destination-unknown': [
    'Dieses Ziel gibt es nicht',
    'Nehmen Sie eines aus den Einzelheiten, oder tragen Sie es in die Datei von PROMPTSEG_DESTINATIONS_FILE ein.',
  ],
  'destination-unreachable': [
    'Das Ziel nimmt zurzeit keine Ergebnisse an',
    'Die Lieferung wird automatisch wiederholt. Prüfen Sie, ob das Ziel läuft und seine Adresse stimmt.',
  ],
  'destination-refused': [
    'Das Ziel hat die Ergebnisse abgelehnt',
    'Prüfen Sie Zugangsdaten, Rechte und Protokoll des Ziels, und liefern Sie dann noch einmal.',
  ],
  'result-gone': [
    'Das Archiv der Bilder hat das Ergebnis nicht mehr',
    'Starten Sie den Auftrag noch einmal; das neue Ergebnis wird geliefert.',
  ],
  'delivery-not-found': [
    'Diese Lieferung gibt es nicht',
    'Prüfen Sie die Id des Auftrags und den Namen des Ziels. Lieferungen gibt es, sobald ein Ergebnis gespeichert ist.',
  ],
  'delivery-not-retriable': ['Die Lieferung läuft oder ist fertig', nichts],
  'workitem-not-found': ['Dieses Workitem gibt es nicht', 'Prüfen Sie seine SOP Instance UID.'],
  'workitem-exists': [
    'Das Workitem gibt es schon',
    'Legen Sie es unter einer anderen UID an, oder ändern Sie das vorhandene.',
  ],
  'workitem-invalid': [
    'Das Workitem ist nicht gültig',
    'Berichtigen Sie die Attribute, die in den Einzelheiten stehen; siehe docs/administer/routing.md.',
  ],
  'workitem-conflict': [
    'Die Anfrage passt nicht zum Zustand des Workitems',
    'Lesen Sie das Workitem, und prüfen Sie seinen Procedure Step State.',
  ],
  'audit-receiver-unreachable': [
    'Ein Empfänger des Audit-Trails hat ihn nicht angenommen',
    'Nichts geht verloren: Er wird noch einmal gesendet. Prüfen Sie Empfänger, Adresse und Zertifikat.',
  ],
  'webhook-unanswered': [
    'Der Webhook hat die Nachricht nicht angenommen',
    'Sie wird automatisch noch einmal gesendet. Prüfen Sie, ob der Empfänger läuft und mit 200 bis 299 antwortet.',
  ],
  'webhook-gone': [
    'Der Webhook meldet, dass es ihn nicht mehr gibt',
    'Nehmen Sie ihn aus der Datei von PROMPTSEG_WEBHOOKS_FILE, oder berichtigen Sie seine Adresse.',
  ],
  'handle-unknown': [
    'Das Kürzel ist nicht bekannt',
    'Suchen Sie noch einmal: Kürzel gehören zu einem Konto und enden mit einem Neustart des Servers.',
  ],
  'confirmation-unavailable': [
    'Ein Mensch muss dies bestätigen und kann nicht gefragt werden',
    'Verwenden Sie einen Agenten, der nachfragen kann (Elicitation), oder arbeiten Sie im Panel.',
  ],
  'confirmation-refused': ['Es wurde nicht bestätigt', 'Nichts wurde getan.'],
  'agent-session-over': ['Die Sitzung des Agenten ist beendet', 'Beginnen Sie eine neue (initialize).'],
  'too-many-agents': [
    'Zu viele Sitzungen von Agenten sind offen',
    'Schließen Sie einige Agenten, die Promptseg benutzen, und versuchen Sie es noch einmal.',
  ],
  internal: [
    'In Promptseg ist ein Fehler aufgetreten',
    'Sehen Sie im Protokoll des Servers nach, und melden Sie den Fehler mit der Id des Auftrags.',
  ],
};
