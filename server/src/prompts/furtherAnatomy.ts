import { canonicalWord } from './canonicalWord.js';
import { isKnownOtherWord } from './knownOtherWords.js';
import { tokenize } from './tokenize.js';

/** People after whom structures, signs, devices and diseases are named: "circle of Willis" names no patient. */
const eponyms = `
Abrikossoff Achilles Adamkiewicz Addison Alcock Alzheimer Ammon Arantius Aschoff Auerbach Baker Barrett Bartholin
Basedow Bassini Batson Bauhin Bechterew Bellini Betz Bigelow Billroth Bochdalek Boerhaave Bosniak Botal Botalli Botallo
Bowman Breschet Broca Brodel Brodmann Bruch Brunner Buck Budd Buerger Burch Calot Camper Cannon Cantlie Caroli Castleman
Chagas Charcot Chassaignac Chiari Chiba Chopart Civinini Clara Clarke Cloquet Cobb Codman Colles Cooper Corti Couinaud
Cowper Crohn Cruveilhier Cushing Dandy DeBakey Denonvilliers Descemet Dixon Dorello Douglas Dupuytren Ebstein Edinger
Ehlers Eustachian Eustachi Ewing Fallope Fallopian Fallot Felty Flechsig Fleischner Fontan Forel Frohse Galeazzi Galen
Galeni Gartner Gasser Gasserian Gaucher Gerdy Gerota Ghon Gilula Gimbernat Giraldes Gleason Glisson Golgi Goodpasture
Graaf Graafian Grawitz Graves Guyon Hashimoto Hasner Hassall Havers Haversian Heister Henle Henoch Hensen Hering
Herophili Heschl Hesselbach Heubner Highmore Highmori Hirschsprung His Hodgkin Hoffa Horner Hounsfield Howship Hunter
Humphry Huntington Inca Kaposi Karnofsky Kerckring Kerley Kiesselbach Kirschner Klatskin Klippel Kocher Kohlrausch
Krukenberg Kupffer Kuntscher Labbe Laimer Lambl Langerhans Legg Leydig Lieberkuhn Lieutaud Linburg Lisfranc Lissauer
Lister Littre Luschka Luys Mackenrodt Magendie Malassez Mallory Malpighi Malpighian Marfan McBurney Meckel Meibom
Meibomian Meissner Meynert Mohrenheim Monro Monroi Morgagni Morison Mullerian Naboth Nissen Nissl Oddi Onuf Osgood Osler
Pacchioni Pacini Paget Pancoast Paneth Papez Parkinson Passavant Percheron Perthes Petit Peyer Peyronie Pfannenstiel
Pirogoff Plummer Pott Poupart Probst Prussak Purkinje Quincke Ranke Ranvier Rathke Raynaud Rees Reichert Reil Reinke
Reissner Rendu Retzius Rexed Riedel Riolan Rivinus Rokitansky Rolandi Rolando Rolandic Rosenmuller Rotter Ruffini
Santorini Sappey Scarpa Scheuermann Schlatter Schlemm Schmorl Schwalbe Schwann Segond Sertoli Sharpey Shenton Sherwood
Sibson Simmond Sinding Sjogren Skene Spieghel Spigel Spigelian Stafne Stanford Stensen Steno Stenon Stenson Struthers
Sudeck Swyer Sylvius Sylvii Sylvian Symington Takayasu Tarlov Tawara Tenckhoff Tenon Thebesius Todaro Tomes Treitz
Troisier Trolard Turck Valsalva Vater Vateri Verga Vesalius Vicq Vieussens Virchow Vidian Waldeyer Wallenberg Warthin
Weitbrecht Wernicke Westphal Wharton Whipple Whitnall Willis Wilms Winslow Wirsung Wolffian Wormian Wrisberg Zenker Zinn
Zuckerkandl
`;

/** Manufacturers and contrast media, which occur in names of series and protocols. */
const ofImaging = `
Siemens Philips Canon Toshiba Hitachi Fujifilm Bruker Agfa Carestream Samsung United Gadovist Dotarem Primovist Eovist
Omnipaque Ultravist Imeron Visipaque Lumirem Buscopan Multihance Prohance Clariscan Lipiodol Fluorodeoxyglucose Sono
Echo Doppler Dixon Haste Space Blade Propeller
`;

/**
 * Words of anatomy, in Latin, English and German, that are in none of our vocabularies and that `isKnownOtherWord` does
 * not know.
 */
const anatomy = `
abductor abductores accessorius ambient autochthon autochthonous accessory adductores anconeus antebrachii arcuate
articularis arytenoid ascendens auricularis azygos hemiazygos basilar basilic biceps brachialis brachii brachiocephalic
brachioradialis brevis buccinator bulbospongiosus capitis caudate caval cephalic cerebri cervicis circumflex coccygeus
communicans communis constrictor coracobrachialis coracoid coronoid corrugator costae cremaster cruciate cruris
cystohepatic depressor descendens digastric digiti digitorum diploic dorsi epicondyle epicranius epigastrica extensor
extraocular femoris fibularis flexor gastrocnemius gastroduodenal gemellus genioglossus geniohyoid gracilis hallucis
hyoglossus iliacus iliocostalis iliopsoas iliotibial indicis infraspinatus innominate intercostal interossei
interosseous ischiocavernosus lata lateralis levator longissimus longus lumborum lumbrical lunotriquetral magnus major
malleolar maximus medius mentalis minimi minor multifidus mylohyoid nasalis nasi obliquus obturator occipitofrontalis
omohyoid opponens ovarian orbicularis orbitofrontal palmaris pancreas pancreatic pectineus pectoralis perirenal peroneus
piriformis plantae plantaris pollicis popliteus profundus pronator proprius psoas pterygopalatine pubococcygeus
pyriformis quadratus retropharyngeal retinal retroperitoneal rhomboid rhomboideus risorius rotatores sacroiliac
sacrospinous salpinx scalenus scapulae semimembranosus semispinalis semitendinosus serratus splenius stapedius
sternocleidomastoid sternohyoid stylohyoid subclavian subclavius suboccipital subscapularis superficialis supinator
supraspinatus temporalis thyrohyoid tibialis tibiofibular transversus trigone trigonum ulnaris umbilical vastus
vertebrae vertebralis zygomaticus Achselhöhle Ader Adern After Arm Arme Auge Augen Bauch Bauchfell Blut Brust Brüste
Busen Daumen Dünndarm Darm Dickdarm Eichel Eierstock Eierstöcke Eileiter Ellbogen Ellenbogen Elle Ferse Finger Fuß Füße
Galle Gaumen Gebärmutter Gebiss Gefäß Gelenk Gesäß Gesicht Haar Hals Hand Hände Harnblase Harnleiter Harnröhre Haut Herz
Hoden Hüfte Kehlkopf Kehldeckel Kiefer Kinn Knie Knöchel Knochen Knorpel Kopf Kreuzbein Leber Leiste Lid Lippe Luftröhre
Lunge Magen Mandeln Mark Milz Mund Muskel Muskulatur Nabel Nacken Nase Nerv Nerven Niere Nieren Nervus Arteria Vena
Musculus Ligamentum Ohr Oberarm Oberschenkel Unterarm Unterschenkel Penis Pfortader Rachen Rippe Rippen Rücken Schädel
Scheide Schenkel Schienbein Schläfe Schlund Schulter Sehne Speiche Speiseröhre Steißbein Stirn Thymusdrüse Trommelfell
Vorhof Wade Wange Wirbel Wirbelsäule Wurmfortsatz Zahn Zähne Zehe Zehen Zunge Zwerchfell Zwölffingerdarm Abszess
Aneurysma Befund Befunde Blutung Bruch Emphysem Entzündung Erguss Fettgewebe Fistel Fraktur Geschwulst Herd Herde
Infarkt Knoten Krebs Läsion Läsionen Metastase Metastasen Narbe Ödem Raumforderung Rundherd Schwellung Stein Steine
Thrombus Tumor Tumore Tumoren Verkalkung Verkalkungen Zyste Zysten between covid endoscope enhancing excluding
instrument pathology remainder tract Bereich Ebene Gebiet Organ Organe Rand Schicht Seite Stelle Struktur Strukturen
Teil Therapie Verdacht Verlauf Zustand Implantat Katheter Prothese Schraube Kontrolle Kontrastmittel Kind Kinder
Erwachsene Mann Frau
`;

/** Endings of words of anatomy and disease, for folded words; surnames with these endings are not noticed. */
const ending = new RegExp(
  `(?:${[
    'omas?|itis|itides|os[ei]s|asis|asien?|emias?|uria|ectomy|plasty|pathy|pathies|cele|cysts?|graphy|scopy|geal|oidal',
    'oideus|oidea|orum|arum|cular|eous',
    '.{3,}(?:alis|aris|ionis|icus|icum|ium|icular|ional|ineal)',
    'om[ea]?n?|itiden|.{3,}osen?|.{3,}ionen|.{2,}tion|.{2,}sion|.{3,}ungen|.{4,}ung',
    '.{3,}(?:heit|keit|schaft|ismus|thie|logie|grafie|graphie|skopie)',
    'drusen?|druese|druesen|muskeln?|muskels|muskulatur|knochen|knochens|arterien?|venen?',
    'nervs?|nerven|wirbels?|gelenke?s?|lappens?|rinde|sehnen?|hohlen?|hoehlen?|hohle',
    '.{3,}(?:kern|kerne|kerns|gang|gange|gaenge|wand|wande|waende|bein|beine|beins|band|bander|baender)',
    '.{3,}(?:kammern?|klappen?|rippen?|haut|haute|darms?|kopf|hals|rohre|roehre|blasen?|sacke?)',
    '.{3,}(?:kanal|kanale|scheiben?|lymphknoten|knotens?|gewebes?|gefasse?|gefaesse?|rohren)',
    '.{2,}(?:lasion|laesion|zysten?|metastasen?|tumors?|tumoren?|karzinome?|abszesse?)',
    '.{2,}(?:thrombus|thrombose|fraktur|frakturen|infarkt|infarkte|hernie|hernien|prothese|implantat|katheter|stent)',
  ].join('|')})$`,
);

const known: ReadonlySet<string> = new Set(
  tokenize(`${eponyms} ${ofImaging} ${anatomy}`).flatMap((token) =>
    token.kind === 'word' ? [token.text, canonicalWord(token.text)] : [],
  ),
);

/**
 * Whether a word that no vocabulary of ours has belongs to anatomy or imaging, or is an eponym.
 * @param word folded as by `tokenize`
 */
export const isFurtherAnatomy = (word: string): boolean =>
  known.has(word) ||
  known.has(canonicalWord(word)) ||
  known.has(word.replace(/s$/, '')) ||
  ending.test(word) ||
  isCompound(canonicalWord(word));

/** "temporomandibular", "subcallosal": a prefix before a word of anatomy with at least this many letters. */
const shortestTail = 6;

function isCompound(word: string): boolean {
  for (let at = 2; at <= word.length - shortestTail; at++) if (isKnownOtherWord(word.slice(at))) return true;
  return false;
}
