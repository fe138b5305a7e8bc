import { canonicalWord } from './canonicalWord.js';

const list = `
abdomen abdominal abscess acetabulum acromion adductor adenoid adenoma adipose adnexa adrenal airspace allantois
alveolar alveolus amnion ampulla anal aneurysm angioma ankle anterior antrum anus aorta aortic apex appendix arachnoid
arch areola arm armpit arterial arteriole artery ascites atelectasis atlas atrium atrophy auricle axilla axillary axis
axon back bile bladder bleed bleeding blood bolus bowel brachial brachium breast bronchial bronchiole bronchus bursa
buttock caecum calcaneus calcification calcium calf callosum callus calvaria canal cancer canthus capillary capitate
capsule carcinoma cardia cardiac carina carotid carpal carpus cartilage catheter cauda caudal cava cavity celiac
cerebellar cerebellum cerebrum cervical cervix cheek chest chiasm chin choana chorion choroid cilia cingulate cingulum
cisterna claustrum clavicle cleft clip clitoris clivus coccyx cochlea coil colic colon concha condyle consolidation
contusion conus cord cornea corona coronal coronary corpus costal cranial cranium cribriform cricoid crista crus
cubital cuboid cuneiform cuneus cusp cutaneous cyst cystic deltoid dens dental dentate dermis diaphragm diaphysis
diencephalon digit disc disk distal diverticulum dorsal dorsum drain duct duodenum dura dural ear edema effusion elbow
electrode embolism embolus embryo emphysema empyema enamel endocardium endometrium ependyma epidermis epididymis
epidural epigastric epiglottis epiphysis epithalamus epithelium erector esophagus ethmoid eustachian eye eyeball
eyebrow eyelid face facet facial falx fascia femoral femur fetal fetus fibroid fibrosis fibula filling filum fimbria
finger fingernail fissure fistula flank flexor flexure fluid follicle fontanelle foot foramen forearm forehead fornix
fossa fovea fracture frontal fundus fusiform gallbladder ganglion gastric genital genu gingiva gland glans glenoid
glioma glomerulus glottis gluteal gluteus goiter gonad graft granuloma groin gullet gut gyrus hair hallux hamate
hamstring hand head heart heel helix hematoma hemisphere hemorrhage hepatic hernia hilum hindbrain hip hollow humeral
humerus hyoid hypophysis hypothalamus ileal ileum iliac ilium implant incisor incus infarct infection inferior
inflammation infundibulum inguinal insula intestine iris ischemia ischium isthmus jaw jejunum joint jugular kidney
knee knuckle labia labrum labyrinth lacrimal lamina laryngeal larynx lash latissimus leg lens lentiform lesion
ligament limb limbic lingual lingula lip lipoma liver lobe lobule loin lumbar lumen lunate lymph lymphatic lymphnode
lymphoma macula malar malleolus malleus mamma mammary mandible mandibular manubrium marrow mass masseter mastoid
maxilla maxillary meatal meatus medial median mediastinal mediastinum medulla melanoma membrane meningioma meninx
meniscus mesencephalon mesentery mesial metacarpal metastasis metatarsal metathalamus metencephalon midbrain midline
mitral molar mouth mucosa mucus muscle muscular myelencephalon myelin myocardium nail naris nasal nasopharynx navel
navicular neck needle neoplasm nephron nerve neural neuron nipple node nodule nose nostril nucleus occipital occiput
odontoid olfactory omentum opacity optic oral orbit orbital oropharynx ossicle osteophyte ovary oviduct pacemaker
palate palatine pallidum palm palpebra pancreas papilla parahippocampal paranasal parathyroid parenchyma parietal
parotid patella pectoral pedicle peduncle pelvic pelvis penile penis pericardium perineum periosteum peritoneum
peroneal petrous phalanx pharynx phrenic pia pineal pinna pisiform pituitary placenta plaque plasma platysma pleura
pleural plexus pneumonia pneumothorax polyp pons pontine popliteal portal pouch precuneus prepuce prosencephalon
prostate prosthesis proximal psoas pterygoid pubic pubis pudendal pulmonary pulp pulvinar pupil pus pylorus pyramid
quadriceps radial radius ramus rectal rectum rectus renal retina rhombencephalon rib ridge sacral sacrum sagittal
saliva saphenous sarcoma sartorius scalene scalp scaphoid scapula scar sciatic sclera sclerosis scoliosis screw
scrotum sella semen septum seroma shin shoulder shunt sigmoid sinew sinus skeletal skeleton skin sole soleus spermatic
sphenoid sphincter spinal spine spinous spleen splenic splenium stapes stenosis stent sternal sternum stomach stone
striatum stroke subcutaneous subthalamus sulcus superior suprarenal suture sweat synapse synovial talus tarsal tarsus
tectum tegmentum temple temporal tendon teniae tentorium teres testicle testis thalamic thenar thigh thoracic thorax
throat thrombus thumb thymus thyroid tibia tibial toe tongue tonsil tooth trachea tracheal tragus trapezium trapezius
trapezoid triceps tricuspid triquetrum trochanter trochlea trunk tube tuber tubercle tuberosity tumor turbinate
tympanum ulcer ulna ulnar umbilicus uncus ureter urethra urinary urine uterine uterus utricle uvea uvula vagal vagina
vagus valve vas vascular vein venous ventral ventricular venule vermis vertebra vertebral vesicle vessel vestibule
viscus vitreous vocal vomer vulva waist windpipe wire womb wrist xiphoid zygoma zygomatic
`;

/** Single words of anatomy and of findings in images, in the form of `canonicalWord`. */
export const anatomyWords: ReadonlySet<string> = new Set(list.trim().split(/\s+/).map(canonicalWord));
