import { canonicalWord } from './canonicalWord.js';

const anatomy = `
abdomen abdominal acetabulum acromion adductor adenoid adipose adnexa adrenal airspace allantois alveolus alveolar amnion ampulla
anal ankle anterior antrum anus aorta aortic apex appendix arachnoid arch areola arm armpit arteriole artery arterial atlas atrium
auricle axilla axillary axis axon back bile bladder blood bolus bowel brachial brachium breast bronchiole bronchus bronchial bursa
buttock caecum calcaneus calcium calf callosum callus calvaria canal canthus capillary capsule capitate cardia cardiac carina carotid
carpal carpus cartilage cauda caudal cava cavity celiac cell cerebellar cerebellum cerebrum cervical cervix cheek chest chiasm chin
choana chorion choroid cilia cingulum cingulate cisterna claustrum clavicle cleft clitoris clivus coccyx cochlea colic colon concha
condyle conus cord cornea corona coronal coronary corpus costal cranial cranium cribriform cricoid crista crus cubital cuboid
cuneiform cuneus cusp cutaneous cyst cystic deltoid dens dental dentate dermis diaphragm diaphysis digit disc disk distal diverticulum
dorsal dorsum duct duodenum dura dural ear elbow embryo enamel endocardium endometrium ependyma epidermis epididymis epidural
epigastric epiglottis epiphysis epithelium erector esophagus ethmoid eustachian eye eyeball eyelid eyebrow face facet facial falx fascia
femoral femur fetal fetus fibula filum fimbria finger fingernail fissure flank flexure flexor follicle fontanelle foot foramen forearm
forehead fornix fossa fovea frontal fundus fusiform gallbladder ganglion gastric genital genu gingiva gland glans glenoid globe
glomerulus glottis gluteal gluteus gonad groin gullet gum gut gyrus hair hallux hamate hamstring hand head heart heel helix hemisphere hepatic
hilum hindbrain hip hollow humeral humerus hyoid hypophysis hypothalamus ileal ileum iliac ilium incisor incus inferior infundibulum
inguinal insula intestine iris ischium isthmus jaw jejunum joint jugular kidney knee knuckle labia labrum labyrinth lacrimal lamina
larynx lash laryngeal latissimus leg lens lentiform ligament limb limbic lingual lingula lip liver lobe lobule loin lumbar lumen
lunate lunge lymph lymphatic lymphnode macula malar malleolus malleus mamma mammary mandible mandibular manubrium marrow masseter mastoid maxilla
maxillary meatal meatus medial median mediastinum mediastinal medulla membrane meninx meniscus mesencephalon mesentery mesial metacarpal
metatarsal metencephalon midbrain diencephalon myelencephalon prosencephalon rhombencephalon epithalamus metathalamus subthalamus
midline mitral molar mouth mucosa mucus muscle muscular myelin myocardium nail naris nasal nasopharynx navel navicular neck nephron nerve
neural neuron nipple node nodule nose nostril nucleus occiput occipital odontoid olfactory omentum optic oral orbit orbital oropharynx
os ossicle ovary oviduct palate palatine palm pallidum palpebra pancreas papilla parahippocampal paranasal parathyroid parenchyma parietal
parotid patella pectoral pedicle peduncle pelvic pelvis penile penis pericardium perineum periosteum peritoneum peroneal petrous
phalanx pharynx phrenic pia pineal pinna pisiform pituitary placenta plasma platysma pleura pleural plexus pons pontine popliteal
portal pouch precuneus prepuce prostate proximal psoas pterygoid pubic pubis pudendal pulmonary pulp pulvinar pupil pylorus pyramid
quadriceps radial radius ramus rectal rectum rectus renal retina rib ridge sacral sacrum sagittal saliva saphenous sartorius scalene
scalp scaphoid scapula sciatic sclera scrotum sella semen septum shin shoulder sigmoid sinew sinus skeletal skeleton skin soleus
sole spermatic sphenoid sphincter spinal spine spinous spleen splenic splenium stapes sternum sternal stomach striatum subcutaneous sulcus
superior suprarenal suture sweat synapse synovial talus tarsal tarsus tear tectum tegmentum temple temporal tendon teniae tentorium
teres testicle testis thalamic thenar thigh thoracic thorax throat thumb thymus thyroid tibia tibial toe tongue tonsil tooth trachea tracheal
tragus trapezium trapezius trapezoid triceps tricuspid triquetrum trochanter trochlea trunk tuber tubercle tuberosity turbinate
tympanum ulna ulnar umbilicus uncus ureter urethra urinary urine uterine uterus utricle uvea uvula vagal vagina vagus valve vas
vascular vein venous ventral ventricular venule vermis vertebra vertebral vesicle vessel vestibule viscus vitreous vocal vomer vulva
waist windpipe womb wrist xiphoid zygoma zygomatic
abscess adenoma aneurysm angioma ascites atelectasis atrophy bleed bleeding calcification cancer carcinoma consolidation contusion edema
effusion embolism embolus emphysema empyema fibroid fibrosis fistula fluid fracture glioma goiter granuloma hematoma hemorrhage hernia
infarct infection inflammation lesion lipoma lymphoma mass melanoma meningioma metastasis neoplasm ischemia opacity osteophyte plaque
pneumonia pneumothorax polyp pus sarcoma scar sclerosis scoliosis seroma stenosis stent stone stroke thrombus tumor ulcer
catheter clip coil drain electrode filling graft implant needle pacemaker prosthesis screw shunt tube wire
`;

/** Near in spelling to words of anatomy vocabularies, but words of their own. */
const everyday = `
able about above across after age agony air airplane airport airy airmail airwave alive alley alone amber amount anyway ankara apple apart
army around artist ash aside attic autumn award away axle baby bacon badge bag bake ball band bank bar bare base basic basil basin
basis bass bat bath bead beam bean bear beard beat bed bee beer bell belt bench bend bike bill bird bite bitter black blade
blanket block blond blood bloom blow blue board boat bobby bond bonus bony book boom boot border bore born boss bottle bottom bow bowl
box boy brace braid brail brake bran branch brand brave brawn bread break breeze brick bride bridge brief bright bring broad broken broom
brother brown brush bubble bucket buddy bulb bull bus busy butter button cab cabin cable cactus cafe cage cake call camel camera
camp can candle candy cane canvas cap capital capture car carbon card care carpet carrot carry cart case cash castle cat catalog catch cattle
cause cave ceiling celebrate cement central chain chair chalk chance change cheap check cheese cherry chess chicken chief child choice circle city
clay clean clear clever cliff climb clock close cloth cloud club coast coat code coffee coin cold collar color column comb come concrete
confess congress consist console constant consult contact contain contend content contest context continent contour contract contrary
control convert cook cool cooper copper copy coral cork corn corner correct cost cotton couch council count country course court cousin cover
cow crab cradle craft crane crayon cream credit creek crew crime crisp crop cross crowd crown crumb cry cube culture cup curb cure curve
cushion custom cut cycle dance danger dark data date daughter dawn day dead deal debate decade delight demand dental depth
desert desk dessert detail device dial diamond diet dinner dirt dish distant diver doctor dog doll dollar dolphin donkey door dot double
dough dragon dream dress drift drill drink drive drop drum dry duck duke dust dusty eagle early earth east easy echo edge effect egg
eight elastic elbow electric elephant energy engine enough enter equal error evening event exact exam example exile eye fabric face
fact fail faint fair faith fake fall family fan far farm fast fate father fatal fault favor fear feast feather feed feel felt fence fever few
fiber field fight file film filter final fine fire fish flag flame flat floor flour flower fluid flute fly foam focus fog folder folk
food fool force forest fork form forty fossil fox frame free fresh friend frog front frost fruit fuel full fun funny fur future galaxy game garage
garden garlic gas gate gentle ghost giant gift ginger giraffe girl glad glass globe glory glove glue goal goat gold golf good goose grain
grand grape grasp grasp grass gravel gravy gray great green greet grid ground group grow guard guess guest guide guitar habit hail half hall hammer hamster happy
harbor hard hat hate hazard heal heavy hedge height helmet help hen herb hero hide high hill hint history hobby hold hole holiday home honey hood hook
hope horn horse hospital host hot hotel hour house human humble humor hundred hunger hunt hurt ice idea image income index infant
ink insect inside iron island issue ivory jacket jam jar jazz jeans jelly jewel job join joke judge juice jump jungle jury keen
keep kettle key kick kid kidding kind king kiss kitchen kite kitten knife knight knock know label labor lace ladder lady lake lamb lamp
land lane language laser last late latent later latex latter laugh law lawn lawyer layer lazy lead leaf lease leather leave lecture leg legend lemon
length leopard lesson letter level liberal lid lie life lift light lily lime line linen lion liquid list liter literal litter little live lizard load
loan lobby local lock lodge log logic lone long loose lord lose loss lost lot loud love low luck lunch machine magic magnet mail main
make male mall mango manor map maple marble march margin mark market marry mask master match material matter meal mean meat medal media median medical
mellow melon melt member memory mental mention menu mercy merit merry mess message meta metallic meteor meter method middle might mile milk mill mind mine minor mint
minute mirror misty mixture model modern moment monday money monkey month mood moon moral morning mortal mother motor mount mountain mouse move movie mud
multiple muscle museum mushroom music mustard myth name narrow nation native nature near neat nectar need needle nest net network news next
nice night nine noble noise none noon normal north notice novel number nurse nut oak object ocean odd offer office oil old olive once onion
open opera orange orchard order organ other otter outer oval oven over owl own owner oyster pace pack paddle page pain paint pair palace pale
pan panda panel panic paper parade park parrot part party pass past pasta paste patent path pause paw pay peace peach peak pear pearl pen
pencil penny people pepper perfect period petal pet phone photo piano pick pickle picnic piece pig pigeon pillow pilot pin pine pink pipe pitch
pizza place plain plan plane planet plant plastic plate play plaza plenty plot plow plug plum plus pocket poem poet point pole police
pond pony pool poor pop port position possible post pot potato pound powder power prayer present press pretty price pride prince
print prison prize problem proof proud public pump pumpkin punch pupil purple purse push puzzle pyramid queen question quick quiet quilt rabbit race
radar radio rail rain raise rally ranch range rapid rare raven raw razor reach read ready real rear recipe red reef relief rent rest ribbon rice
rich ride rifle rigid ring rival river road roar robin robot rock rod roll roof room root rope rose rough round row royal rubber rug rule ruler run
rural rust sad saddle safe sail salad salmon salt salty sand sauce save saw scale scan scarf scene school science scissors score scout scull sea seal season
seat second secret seed sell send sense series serve seven shade shadow shake shall shame shape share shark sharp shave sheep sheet shelf shell
shelter shift ship shirt shock shoe shop shore short shot shovel shower side sight sign silent silk silly silver simple sing sink sister site
six size skate sketch ski skill skillet skirt skulk sky sleep sleeve slice slide slim slip slope slow small smart smell smile smoke smooth snack
snail snake snow soap social sock soda sofa soften softly soil solar soldier solid solve song soon sort soul sound soup sour south space spade spark
speak spear speed spell spend spice spider spin spirit split spoil spoon sport spot spray spread spring spy square squash stable staff stage
stair stamp stand star start state station statue stay steak steam steel step stew stick still sting stir stock stomp stool stop store storm
story stove straw stream street string strip strong study style sugar suit summer sun super supper sure surf swan sweet swim sword
symbol system table tail tale talk tall tank tape target task taste tax tea teach team temper tender tennis tense tent term test text
theater theme thick thief thin thing think thorn thread thunder ticket tide tie tiger tight tile timber time tin tiny tip tire tired title toast today
token tomato tone tool top torch total touch tour towel tower town toy track trade traffic trail train tray treat tree trend trial tribe trick trim
trip trophy truck trust truth try tulip tuna tune tunnel turkey turtle twig twin type umbrella uncle under union unit upper urban usage
use usual valley value van vapor vase vault vector velvet venue verb verse very vest victim video view villa village vine violet violin virtue
virus vision visit vital vivid voice volcano vortex vote voyage wagon waiter wake walk wall wallet walnut want war warm wash wasp watch water
wave wax way weak wealth weapon wear weather web wedding week weight west wet whale wheat wheel whistle white wide wife wild wind window wine
wing winner winter wisdom wish witch wolf woman wonder wood wool word work world worm worth wound wrong yard year yellow young youth zebra zero
zone zoo
`;

/**
 * Words that are right as they stand, in the form of `canonicalWord`, and are never taken for a typing error of another word: "hip" is
 * not "hippocampus", "fetal" is not "metal". A word that a vocabulary knows is found before this list is looked at.
 */
export const knownOtherWords: ReadonlySet<string> = new Set(
  `${anatomy} ${everyday}`
    .split(/[\s-]+/)
    .filter((word) => word !== '')
    .map(canonicalWord),
);
