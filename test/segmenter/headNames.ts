/** Lists for headText.test.ts, written apart from the vocabulary of the head model. */

/** Lines `text: id id …`; an indented one goes on with the one before. */
export const pairs = (list: string): readonly (readonly [name: string, ids: readonly string[]])[] =>
  list
    .trim()
    .split(/\n(?! )/)
    .map((line) => {
      const [name, ids] = line.split(/: (?=[a-z])/) as [string, string];
      return [name, ids.split(/\s+/)];
    });

/**
 * What others call the structures, and the targets that are meant: labels of atlases and tools (CIFTI, AAL,
 * Harvard-Oxford, FreeSurfer, TotalSegmentator), SNOMED CT's "… structure", Terminologia Anatomica's Latin. "Ventrical"
 * is Harvard-Oxford's own spelling.
 */
export const namesOfOthers = pairs(`
ACCUMBENS_LEFT: left-nucleus-accumbens
AMYGDALA_RIGHT: right-amygdala
BRAIN_STEM: brain-stem
CAUDATE_LEFT: left-caudate-nucleus
CEREBELLUM_LEFT: left-cerebellum
DIENCEPHALON_VENTRAL_LEFT: left-ventral-diencephalon
PALLIDUM_RIGHT: right-globus-pallidus
CORTEX_LEFT: left-cerebral-cortex
CEREBRAL_WHITE_MATTER_LEFT: left-cerebral-white-matter
Caudate_L: left-caudate-nucleus
Putamen_R: right-putamen
Pallidum_L: left-globus-pallidus
Thalamus_L: left-thalamus
Hippocampus_L: left-hippocampus
Left Lateral Ventrical: left-lateral-ventricle
Right Accumbens: right-nucleus-accumbens
Brain-Stem: brain-stem
subarachnoid_space: extraventricular-cerebrospinal-fluid
lentiform_nucleus: lentiform-nucleus
caudate_nucleus: left-caudate-nucleus right-caudate-nucleus
spinal_cord: spinal-cord
3rd Ventricle: third-ventricle
4th Ventricle: fourth-ventricle
Right Accumbens Area: right-nucleus-accumbens
Right Cerebellum White Matter: right-cerebellar-white-matter
Left Cerebellum Cortex: left-cerebellar-cortex
Right Inf Lat Vent: right-inferior-lateral-ventricle
Right Thalamus Proper: right-thalamus
Right Ventral DC: right-ventral-diencephalon
Left Ventral Diencephalon: left-ventral-diencephalon
Hippocampal structure: left-hippocampus right-hippocampus
Structure of caudate nucleus: left-caudate-nucleus right-caudate-nucleus
Lateral ventricle structure: lateral-ventricles
Globus pallidus structure: left-globus-pallidus right-globus-pallidus
Brainstem structure: brain-stem
Cerebral cortex structure: left-cerebral-cortex right-cerebral-cortex
Amygdaloid structure: left-amygdala right-amygdala
Thalamic structure: left-thalamus right-thalamus
Structure of putamen: left-putamen right-putamen
Putamen structure: left-putamen right-putamen
Third ventricle structure: third-ventricle
Structure of fourth ventricle: fourth-ventricle
Cerebellar structure: cerebellum
Cerebellar cortex structure: left-cerebellar-cortex right-cerebellar-cortex
Nucleus accumbens structure: left-nucleus-accumbens right-nucleus-accumbens
Basal ganglia structure: basal-ganglia
Corpus striatum structure: striatum
Lentiform nucleus structure: lentiform-nucleus
Skull structure: skull
Brain structure: brain
Head structure: head
Structure of left hippocampus: left-hippocampus
Structure of right thalamus: right-thalamus
Nasal mucosa structure: nasal-mucosa
Spinal cord structure: spinal-cord
Cerebral hemisphere structure: left-cerebral-hemisphere right-cerebral-hemisphere
Structure of left cerebral hemisphere: left-cerebral-hemisphere
Intracranial structure: intracranial-contents
Brain ventricle structure: ventricles
Cerebral ventricle: ventricles
Gray matter structure: grey-matter
White matter structure: white-matter
Cerebral gray matter: left-cerebral-cortex right-cerebral-cortex
nucleus caudatus: left-caudate-nucleus right-caudate-nucleus
nucleus lentiformis: lentiform-nucleus
corpus amygdaloideum: left-amygdala right-amygdala
ventriculus tertius: third-ventricle
ventriculus quartus: fourth-ventricle
ventriculus lateralis: left-lateral-ventricle right-lateral-ventricle
ventriculus lateralis dexter: right-lateral-ventricle
cortex cerebelli: left-cerebellar-cortex right-cerebellar-cortex
cortex cerebri: left-cerebral-cortex right-cerebral-cortex
truncus encephali: brain-stem
medulla spinalis: spinal-cord
substantia grisea: grey-matter
substantia alba: white-matter
liquor cerebrospinalis: cerebrospinal-fluid
corpus striatum: striatum
spatium subarachnoideum: extraventricular-cerebrospinal-fluid
hemispherium cerebri: left-cerebral-hemisphere right-cerebral-hemisphere
hemispherium cerebelli: cerebellum
nuclei basales: basal-ganglia
ganglia basalia: basal-ganglia
hippocampi: left-hippocampus right-hippocampus
thalami: left-thalamus right-thalamus
cornu temporale: left-inferior-lateral-ventricle right-inferior-lateral-ventricle
Ammon's horn: left-hippocampus right-hippocampus
diencephalon ventrale: left-ventral-diencephalon right-ventral-diencephalon
telencephalon: cerebrum
tunica mucosa nasi: nasal-mucosa
`);

/**
 * How radiologists and users of neuroimaging software put it. No longer held out: 88 % were right at the first look;
 * `lh` and `rh`, "n." and "lateral vents" were added after it. `namesOfOthers` was looked at after the last change: 98
 * %.
 */
export const namesInUse = pairs(`
lh cortex: left-cerebral-cortex
rh white matter: right-cerebral-white-matter
supratentorial white matter: left-cerebral-white-matter right-cerebral-white-matter
cerebral gray matter: left-cerebral-cortex right-cerebral-cortex
cortical gm: left-cerebral-cortex right-cerebral-cortex
left hippocampal volume: left-hippocampus
hippocampal complex: left-hippocampus right-hippocampus
hippocampi bilaterally: left-hippocampus right-hippocampus
bilateral amygdalae: left-amygdala right-amygdala
amygdalar complex: left-amygdala right-amygdala
amygdaloid: left-amygdala right-amygdala
caudates: left-caudate-nucleus right-caudate-nucleus
putaminal: left-putamen right-putamen
putamens: left-putamen right-putamen
pallidum of the left side: left-globus-pallidus
n. accumbens: left-nucleus-accumbens right-nucleus-accumbens
nuc. accumbens: left-nucleus-accumbens right-nucleus-accumbens
left nucleus caudatus: left-caudate-nucleus
thalamus (l): left-thalamus
left-thalamus-proper: left-thalamus
left-cerebellum-cortex: left-cerebellar-cortex
right-cerebral-white-matter: right-cerebral-white-matter
left-inf-lat-vent: left-inferior-lateral-ventricle
3rd-ventricle: third-ventricle
ventricle #3: third-ventricle
3rd vent: third-ventricle
4th vent: fourth-ventricle
v4: fourth-ventricle
lateral vents: lateral-ventricles
lateral ventricular system: lateral-ventricles
temporal horns: left-inferior-lateral-ventricle right-inferior-lateral-ventricle
left temporal horn of lateral ventricle: left-inferior-lateral-ventricle
brain ventricle: ventricles
ventricle system: ventricles
csf spaces: cerebrospinal-fluid
csf space: cerebrospinal-fluid
subarachnoid spaces: extraventricular-cerebrospinal-fluid
sulcal fluid: extraventricular-cerebrospinal-fluid
extra-axial csf: extraventricular-cerebrospinal-fluid
the brainstem: brain-stem
brain stem region: brain-stem
cerebellar gm: left-cerebellar-cortex right-cerebellar-cortex
cerebellar wm: left-cerebellar-white-matter right-cerebellar-white-matter
cerebellar gray: left-cerebellar-cortex right-cerebellar-cortex
cerebellum left hemisphere: left-cerebellum
both cerebellar hemispheres: cerebellum
left ventraldc: left-ventral-diencephalon
ventral dc: left-ventral-diencephalon right-ventral-diencephalon
deep gray nuclei: deep-grey-matter
deep gray structures: deep-grey-matter
subcortical gray structures: deep-grey-matter
basal ganglia nuclei: basal-ganglia
lentiform nuclei: lentiform-nucleus
left lentiform: left-lentiform-nucleus
striatal nuclei: striatum
whole-brain mask: brain
brain volume: brain
total intracranial volume: intracranial-contents
intracranial compartment: intracranial-contents
cranial bone: skull
skull mask: skull
eye globes: eyes
eyes: eyes
orbital globe: eyes
scalp tissue: skin
head mask: head
left hemi: left-cerebral-hemisphere
right cerebral half: right-cerebral-hemisphere
left brain half: left-cerebral-hemisphere
cervical myelon: spinal-cord
medial temporal lobe structures: medial-temporal-structures
hippocampus + amygdala: left-hippocampus right-hippocampus left-amygdala right-amygdala
upper cervical cord: spinal-cord
`);

const words = (list: string): readonly string[] => list.trim().split(/,\s+|\n/);

/** Structures of the body that the model does not segment, most of them far from the head, some of them in it. */
export const otherStructures = words(`
liver, spleen, pancreas, gallbladder, stomach, duodenum, jejunum, ileum, caecum, appendix, colon, sigmoid colon,
rectum, anus
kidney, adrenal gland, ureter, urinary bladder, urethra, prostate, seminal vesicle, testis, epididymis, penis, uterus,
ovary, cervix, vagina
heart, left atrium, right ventricle of the heart, aortic arch, ascending aorta, descending aorta, vena cava, pulmonary
artery, portal vein
trachea, main bronchus, lung, upper lobe, lower lobe, pleura, diaphragm, oesophagus, thyroid gland, parathyroid gland,
thymus, larynx
epiglottis, pharynx, tongue, palatine tonsil, parotid gland, submandibular gland, hyoid bone, mandible, maxilla, teeth,
molar, lip, cheek
clavicle, scapula, humerus, radius, ulna, carpal bones, metacarpals, phalanges, sternum, rib, costal cartilage,
thoracic vertebra
lumbar vertebra, sacrum, coccyx, pelvis, hip bone, femur, patella, tibia, fibula, talus, calcaneus, metatarsals,
intervertebral disc
biceps, triceps, deltoid muscle, psoas muscle, gluteus maximus, quadriceps, hamstrings, gastrocnemius, achilles tendon,
rotator cuff
anterior cruciate ligament, meniscus, labrum, femoral artery, popliteal vein, iliac artery, renal vein, mesenteric
artery, lymph node, spleen hilum
breast, nipple, mammary gland, abdominal fat, mesentery, omentum, peritoneum, umbilicus, inguinal canal, placenta,
umbilical cord, foetus
corpus callosum, fornix, insula, cingulate gyrus, frontal lobe, occipital lobe, parietal lobe, temporal pole,
precuneus, fusiform gyrus
pituitary gland, pineal gland, optic chiasm, optic nerve, lens, retina, vitreous body, cochlea, semicircular canal,
mastoid, clivus
pons, medulla oblongata, midbrain, red nucleus, substantia nigra, subthalamic nucleus, internal capsule, external
capsule, claustrum
mammillary body, hypothalamus, epithalamus, metathalamus, mesencephalon, metencephalon, myelencephalon, rhombencephalon
prosencephalon, diencephalon, choroid plexus, cerebral aqueduct, falx cerebri, tentorium, dura mater, sagittal sinus,
circle of willis
basilar artery, middle cerebral artery, maxillary sinus, frontal sinus, ethmoid cells, zygomatic bone,
temporomandibular joint, nasal septum
brain tumour, glioblastoma, meningioma, aneurysm, haematoma, infarct, white matter lesion, microbleed, metastasis,
oedema, cyst, abscess
`);

/** Words of every day. */
export const everydayWords = words(`
umbrella, bicycle, newspaper, window, river, orange juice, kitchen table, garden chair, violin music, birthday cake,
police car
train station, laptop computer, hello world, nothing at all, tomorrow morning, happy new year, coffee mug, green tea,
chocolate, sandwich
banana, strawberry, potato soup, cheese pizza, salt and pepper, frying pan, washing machine, hair dryer, toothbrush,
towel rack, wallpaper
ceiling lamp, front door, staircase, chimney, roof tile, swimming pool, tennis racket, football match, chess board,
playing cards
dinosaur, elephant, giraffe, penguin, butterfly, ladybird, goldfish, hamster cage, horse saddle, chicken coop, beehive,
spider web
volcano, desert, waterfall, iceberg, rainbow, thunderstorm, sunset, full moon, galaxy, satellite, rocket launch,
airport terminal
submarine, sailing boat, traffic light, motorway, bus ticket, passport photo, suitcase, hotel room, credit card, tax
return, contract
poetry, novel, dictionary, grammar, alphabet, arithmetic, triangle, parabola, quantum theory, gravity, oxygen bottle,
copper wire
democracy, parliament, constitution, election day, revolution, treaty, kingdom, pirate ship, treasure map, magic wand,
dragon egg
teacher, plumber, carpenter, astronaut, lawyer, farmer, hairdresser, ballerina, drummer, goalkeeper, grandmother,
toddler, neighbour
wristwatch, necklace, sunglasses, raincoat, leather boots, woollen scarf, zip fastener, button hole, sewing machine,
knitting needle
`);
