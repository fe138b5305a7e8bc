/**
 * Written by `python -m terminology.write_anatomical_terms` from the table of codes: code | name | further terms |
 * published models that segment it, with modalities if they are listed by modality. An indented line continues the
 * previous one.
 */
export const anatomicalTerms = `
38266002 | Entire body | body; whole body; human body |
69536005 | Head |  |
3138006 | Bone |  | SAT CT
55603005 | Fat |  | SAT CT
87784001 | Soft tissue |  |
91727004 | Muscle |  | SAT CT
39937001 | Skin |  | SAT CT
59441001 | Lymph Node |  | BiomedParse_v2, SAT PT
74947009 | Gas | other air in the body; other air |
CT-DENSE | Metal or dense contrast medium | metal or dense contrast; dense material |
59820001 | Blood Vessel | vessel | BiomedParse_v2
ABDOMINAL-TISSUE | Abdominal tissue |  | SAT CT
MEDIASTIN-TISSUE | Mediastinal tissue |  | SAT CT
HEART-TISSUE | Heart tissue |  | SAT CT
128319008 | Intracranial structure | intracranial contents |
12738006 | Brain |  | BiomedParse_v2, SAT CT MR
83678007 | Cerebrum |  |
372073000 | Cerebral hemisphere |  |
40146001 | Cerebral cortex |  |
68523003 | Cerebral White Matter |  |
389080008 | White Matter |  | SAT MR
389081007 | Gray Matter | grey matter | SAT MR
223151 | Subcortical gray matter | deep grey matter; deep gray matter | SAT MR
83251001 | Frontal lobe |  | SAT MR
16630005 | Parietal lobe |  | SAT MR
78277001 | Temporal lobe |  | SAT CT MR
31065004 | Occipital lobe |  | SAT MR
36169008 | Insula |  | SAT MR
5366008 | Hippocampus |  | SAT CT MR
ANTERIO-HIPPOCA | Anterior hippocampus |  | BiomedParse, SAT MR
POSTERI-HIPPOCA | Posterior hippocampus |  | BiomedParse, SAT MR
4958002 | Amygdala |  | SAT MR
MEDIAL-TEMPORAL | Hippocampus and amygdala | medial temporal structures |
32610002 | Basal ganglion structure | basal ganglia | SAT MR
31428008 | Corpus striatum | striatum |
41648007 | Lentiform nucleus |  |
11000004 | Caudate Nucleus |  | SAT MR
89278009 | Putamen |  | SAT MR
14738005 | Globus Pallidus | pallidum | SAT MR
427667007 | Nucleus Accumbens |  | SAT MR
42695009 | Thalamus |  | SAT MR
110700 | Ventral Diencephalon |  |
88442005 | Corpus callosum |  | SAT MR
70105001 | Optic radiation |  | SAT MR
1320 | Corticospinal tract |  | SAT MR
35764002 | Brain ventricle | ventricles; brain ventricles | BiomedParse, SAT MR
66720007 | Lateral Ventricle |  | SAT MR
LAT-VEN-WIT-HOR | Lateral ventricle without inferior horn | lateral ventricle excluding temporal horn | SAT MR
53118009 | Inferior Horn of Lateral Ventricle | inferior lateral ventricle; lateral ventricle temporal horn | SAT MR
49841001 | Third ventricle |  | SAT MR
35918002 | Fourth ventricle |  |
65216001 | Cerebrospinal Fluid |  |
33930006 | Cranial Subarachnoid Space | external cerebrospinal fluid; extraventricular cerebrospinal fluid | SAT MR
119238007 | Brain stem | brainstem | BiomedParse_v2, SAT CT MR
BRA-STE-WIT-NIG | Brain stem without substantia nigra | brainstem excluding substantia nigra | SAT MR
70007007 | Substantia nigra |  | SAT MR
113305005 | Cerebellum |  | BiomedParse, SAT MR
25991003 | Cerebellar Cortex |  |
33060004 | Cerebellar White Matter |  |
2748008 | Spinal cord |  | BiomedParse_v2, SAT CT
ANGULAR-GYRUS | Angular gyrus |  | SAT MR
ANTE-CING-GYRU | Anterior cingulate gyrus |  | SAT MR
POST-CING-GYRU | Posterior cingulate gyrus |  | SAT MR
CINGULATE-GYRUS | Cingulate gyrus |  | SAT MR
ANTE-ORBI-GYRU | Anterior orbital gyrus |  | SAT MR
LATE-ORBI-GYRU | Lateral orbital gyrus |  | SAT MR
MEDI-ORBI-GYRU | Medial orbital gyrus |  | SAT MR
POST-ORBI-GYRU | Posterior orbital gyrus |  | SAT MR
CUNEUS | Cuneus |  | SAT MR
FUSIFORM-GYRUS | Fusiform gyrus |  | SAT MR
5336001 | Structure of inferior frontal gyrus | inferior frontal gyrus | SAT MR
MIDD-FRON-GYRU | Middle frontal gyrus |  | SAT MR
SUPE-FRON-GYRU | Superior frontal gyrus |  | SAT MR
7344002 | Lingual gyrus |  | SAT MR
MID-INF-TEM-GYR | Middle and inferior temporal gyrus |  | SAT MR
SUP-TEM-GYR-ANT | Anterior part of superior temporal gyrus | superior temporal gyrus anterior part | SAT MR
SUP-TEM-GYR-MID | Middle part of superior temporal gyrus | superior temporal gyrus middle part | SAT MR
PARA-AMBI-GYRU | Parahippocampal and ambient gyrus |  | SAT MR
POSTCENTRA-GYRUS | Postcentral gyrus |  | SAT MR
PRECENTRAL-GYRUS | Precentral gyrus |  | SAT MR
STRAIGHT-GYRUS | Straight gyrus |  | SAT MR
SUBCALLOSAL-AREA | Subcallosal area |  | SAT MR
SUBG-FRON-CORT | Subgenual frontal cortex |  | SAT MR
PRES-FRON-CORT | Pre-subgenual frontal cortex |  | SAT MR
SUPE-PARI-GYRU | Superior parietal gyrus |  | SAT MR
SUPRAMARGI-GYRUS | Supramarginal gyrus |  | SAT MR
INS-ANT-INF-COR | Anterior inferior cortex of insula | insula anterior inferior cortex | SAT MR
INS-ANT-LON-GYR | Anterior long gyrus of insula | insula anterior long gyrus | SAT MR
INS-POS-LON-GYR | Posterior long gyrus of insula | insula posterior long gyrus | SAT MR
INS-ANT-SHO-GYR | Anterior short gyrus of insula | insula anterior short gyrus | SAT MR
INS-MID-SHO-GYR | Middle short gyrus of insula | insula middle short gyrus | SAT MR
INS-POS-SHO-GYR | Posterior short gyrus of insula | insula posterior short gyrus | SAT MR
ANT-TEM-LOB-LAT | Lateral part of anterior temporal lobe | anterior temporal lobe lateral part | SAT MR
ANT-TEM-LOB-MED | Medial part of anterior temporal lobe | anterior temporal lobe medial part | SAT MR
POSTE-TEMPO-LOBE | Posterior temporal lobe |  | SAT MR
OCC-LOB-LAT-REM | Lateral remainder of occipital lobe | lateral remainder occipital lobe | SAT MR
89546000 | Skull |  | BiomedParse_v2, SAT CT
91609006 | Mandible |  | BiomedParse_v2, SAT CT
MASTOID-PROCESS | Mastoid process |  | SAT CT
53620006 | Temporomandibular joint |  | SAT CT
81745001 | Eye |  |
40638003 | Both eyes | eyes |
79652003 | Eyeball |  | SAT CT
32259006 | Anterior eyeball segment structure | anterior eyeball; anterior segment of the eyeball | BiomedParse_v2, SAT
  CT
POSTERIO-EYEBALL | Posterior segment of eyeball | posterior eyeball; posterior segment of the eyeball | BiomedParse_v2,
  SAT CT
78076003 | Lens |  | SAT CT
13561001 | Lacrimal gland |  | BiomedParse_v2, SAT CT
18234004 | Optic nerve |  | BiomedParse_v2, SAT CT
244453006 | Optic chiasm |  | BiomedParse_v2, SAT CT
81016008 | Optic nerve head | optic disc | BiomedParse
OPTIC-CUP | Optic cup |  | BiomedParse
28758002 | Structure of blood vessel of retina | retinal vessel | BiomedParse
56329008 | Pituitary | pituitary gland | BiomedParse_v2, SAT CT
80169004 | Cochlear structure | cochlea | BiomedParse_v2, SAT CT MR
VEST-SEMI-CANA | Vestibule and semicircular canals | vestibule semicircular canal | SAT CT
51837005 | Tympanic cavity structure | tympanic cavity | SAT CT
25342003 | Middle ear |  | SAT CT
361078006 | Internal Auditory Canal |  | SAT CT
EUSTAC-TUBE-BONE | Bone of Eustachian tube | eustachian tube bone | SAT CT
8598002 | Vestibulocochlear nerve |  |
279549004 | Nasal cavity |  | SAT CT
34508005 | Structure of mucous membrane of nose | nasal mucosa |
360955006 | Nasopharynx |  |
774007 | Head and Neck |  |
74262004 | Oral cavity | oral cavity delineation | BiomedParse_v2, SAT CT
48477009 | Lip | lips | BiomedParse_v2, SAT CT
60819002 | Cheek |  | SAT CT
16811007 | Buccal mucosa |  | BiomedParse_v2, SAT CT
45289007 | Parotid gland |  | BiomedParse_v2, SAT CT
54019009 | Submandibular gland |  | BiomedParse_v2, SAT CT
4596009 | Larynx |  | SAT CT
1307006 | Glottis | larynx glottis | BiomedParse_v2, SAT CT
119255006 | Supraglottis | larynx supraglottis; larynx supraglottic | BiomedParse_v2, SAT CT
77578007 | Arytenoid cartilage structure | arytenoid; arytenoids delineation | BiomedParse_v2, SAT CT
4866005 | Constrictor muscle of pharynx structure | pharynx constrictor muscle | SAT CT
CRICOPHARY-INLET | Cricopharyngeal inlet |  | BiomedParse_v2, SAT CT
INFE-ALVE-NERV | Inferior alveolar nerve |  | SAT CT
69748006 | Thyroid | thyroid gland | BiomedParse_v2, SAT CT
15825003 | Aorta |  | BiomedParse CT MR, BiomedParse_v2, SAT CT MR
AORTA-AND-BRANCH | Aorta and its branches | aortic vessel trees | BiomedParse_v2
54247002 | Ascending aorta | heart ascending aorta | SAT CT MR
12691009 | Brachiocephalic trunk |  | BiomedParse_v2, SAT CT
8887007 | Brachiocephalic vein |  | BiomedParse_v2, SAT CT
69105007 | Carotid Artery |  | BiomedParse_v2, SAT CT
32062004 | Common carotid artery |  | BiomedParse_v2, SAT CT
86117002 | Internal carotid artery |  | SAT CT
12123001 | Internal jugular vein |  | SAT CT
36765005 | Subclavian artery |  | BiomedParse_v2, SAT CT
57850000 | Celiac Axis | celiac trunk | SAT CT
2841007 | Renal artery |  | SAT CT
56400007 | Renal vein |  | SAT CT
10293006 | Iliac artery |  | BiomedParse_v2, SAT CT
244411005 | Iliac vein | iliac vena | BiomedParse_v2, SAT CT
48345005 | Superior vena cava |  | BiomedParse_v2, SAT CT
64131007 | Inferior vena cava | postcava | BiomedParse CT MR, BiomedParse_v2, SAT CT MR
110765007 | Portal vein and splenic vein |  | BiomedParse_v2, SAT CT
81040000 | Pulmonary artery |  | SAT CT MR
122972007 | Pulmonary vein |  | BiomedParse_v2, SAT CT
59820001 | liver vessel | hepatic vessel | BiomedParse CT, SAT CT
80891009 | Heart |  | BiomedParse, BiomedParse_v2, SAT CT
59652004 | Atrium | heart atrium | SAT CT MR
82471001 | Left atrium | left heart atrium | BiomedParse US, BiomedParse_v2, SAT CT MR
73829009 | Right atrium | right heart atrium | SAT CT MR
33626005 | Left auricular appendage | left auricle of heart; left atrial appendage | BiomedParse_v2, SAT CT
21814001 | Cardiac ventricular structure | heart ventricle | SAT CT MR
87878005 | Left ventricle | left heart ventricle | BiomedParse MR US, BiomedParse_v2, SAT CT MR
LEFT-VENTR-CAVIT | Cavity of left ventricle of heart | left ventricle cavity | BiomedParse_v2
53085002 | Right ventricle | right heart ventricle | BiomedParse MR, SAT CT MR
RIGH-VENT-CAVI | Cavity of right ventricle of heart | right ventricle cavity | BiomedParse_v2
74281007 | Myocardium |  | BiomedParse MR, BiomedParse_v2, SAT CT MR
39607008 | Lung | lungs | BiomedParse DX, BiomedParse_v2, SAT CT
45653009 | Upper lobe of lung | lung upper lobe; upper lung lobe | BiomedParse, BiomedParse_v2, SAT CT
72481006 | Middle lobe of right lung | right lung middle lobe; right middle lung lobe; middle lung lobe; lung middle
  lobe right | BiomedParse, BiomedParse_v2, SAT CT
90572001 | Lower lobe of lung | lung lower lobe; lower lung lobe | BiomedParse, BiomedParse_v2, SAT CT
44567001 | Trachea |  | BiomedParse_v2, SAT CT
955009 | Bronchus | bronchie | SAT CT
110726009 | Trachea and bronchus | airways; airway tree | BiomedParse_v2
91381003 | Pleural cavity |  |
43799004 | Chest cavity | thoracic cavity | SAT CT
9875009 | Thymus |  | SAT CT
76752008 | Breast |  | SAT CT
32849002 | Esophagus |  | BiomedParse CT MR, BiomedParse_v2, SAT CT MR
60075002 | Cervical esophagus structure | cervical esophagus | BiomedParse_v2, SAT CT
818981001 | Abdomen |  |
10200004 | Liver | liver (non abdomen window) | BiomedParse CT MR, BiomedParse_v2, SAT CT MR
LEF-LOB-OF-LIV | Left lobe of liver |  | SAT CT
RIG-LOB-OF-LIV | Right lobe of liver |  | SAT CT
71133005 | Couinaud hepatic segment I | caudate lobe | SAT CT
277956007 | Couinaud hepatic segment II | left lateral superior segment of liver | SAT CT
277957003 | Couinaud hepatic segment III | left lateral inferior segment of liver | SAT CT
277958008 | Couinaud hepatic segment IV | left medial segment of liver | SAT CT
277959000 | Couinaud hepatic segment V | right anterior inferior segment of liver | SAT CT
277960005 | Couinaud hepatic segment VI | right posterior inferior segment of liver | SAT CT
277961009 | Couinaud hepatic segment VII | right posterior superior segment of liver | SAT CT
277962002 | Couinaud hepatic segment VIII | right anterior superior segment of liver | SAT CT
28231008 | Gallbladder |  | BiomedParse CT MR, BiomedParse_v2, SAT CT MR
15776009 | Pancreas |  | BiomedParse CT MR, BiomedParse_v2, SAT CT MR
78961009 | Spleen |  | BiomedParse CT MR, BiomedParse_v2, SAT CT MR
69695003 | Stomach |  | BiomedParse CT MR, BiomedParse_v2, SAT CT MR
38848004 | Duodenum |  | BiomedParse CT MR, BiomedParse_v2, SAT CT MR
30315005 | Small intestine | small bowel | BiomedParse_v2, SAT CT
113276009 | Intestinal structure | intestine | SAT CT
71854001 | Colon |  | BiomedParse, BiomedParse_v2, SAT CT
34402009 | Rectum |  | SAT CT
23451007 | Adrenal gland |  | BiomedParse CT MR, BiomedParse_v2, SAT CT MR
64033007 | Kidney | renal structure identified via abdominal magnetic resonance | BiomedParse CT MR, BiomedParse_v2, SAT
  CT MR
89837001 | Bladder | urinary bladder | BiomedParse CT, BiomedParse_v2, SAT CT MR
41216001 | Prostate |  | BiomedParse, BiomedParse_v2, SAT CT MR
279706003 | Peripheral zone of the prostate | peripheral zone of prostate; prostate peripheral zone | BiomedParse, SAT
  MR
399384005 | Transition zone of the prostate | transition zone of prostate; prostate transitional zone; transition zone |
  BiomedParse, BiomedParse_v2, SAT MR
35039007 | Uterus |  | BiomedParse, SAT CT
UTEROCERVIX | Uterocervix |  | SAT CT
71252005 | Cervix |  |
PROSTA-OR-UTERUS | Prostate or uterus |  | BiomedParse_v2
GONADS | Gonad |  | SAT CT
82561000 | Symphysis pubis | public symphysis; pubic symphysis | BiomedParse
54527006 | Fetal head structure | fetal head | BiomedParse
51282000 | Vertebra | vertebrae | BiomedParse_v2, SAT CT MR
84667006 | Bone structure of cervical vertebra | cervical vertebrae | SAT CT
35769007 | Bone structure of thoracic vertebra | thoracic vertebrae | SAT CT MR
73903008 | Bone structure of lumbar vertebra | lumbar vertebrae | SAT CT MR
14806007 | C1 vertebra | cervical vertebrae 1 (c1); vertebrae c1 | BiomedParse_v2, SAT CT
39976000 | C2 vertebra | cervical vertebrae 2 (c2); vertebrae c2 | BiomedParse_v2, SAT CT
113205007 | C3 vertebra | cervical vertebrae 3 (c3); vertebrae c3 | BiomedParse_v2, SAT CT
5329002 | C4 vertebra | cervical vertebrae 4 (c4); vertebrae c4 | BiomedParse_v2, SAT CT
36978003 | C5 vertebra | cervical vertebrae 5 (c5); vertebrae c5 | BiomedParse_v2, SAT CT
36054005 | C6 vertebra | cervical vertebrae 6 (c6); vertebrae c6 | BiomedParse_v2, SAT CT
87391001 | C7 vertebra | cervical vertebrae 7 (c7); vertebrae c7 | BiomedParse_v2, SAT CT
64864005 | T1 vertebra | thoracic vertebrae 1 (t1); vertebrae t1 | BiomedParse_v2, SAT CT
53733008 | T2 vertebra | thoracic vertebrae 2 (t2); vertebrae t2 | BiomedParse_v2, SAT CT
1626008 | T3 vertebra | thoracic vertebrae 3 (t3); vertebrae t3 | BiomedParse_v2, SAT CT
73071006 | T4 vertebra | thoracic vertebrae 4 (t4); vertebrae t4 | BiomedParse_v2, SAT CT
56401006 | T5 vertebra | thoracic vertebrae 5 (t5); vertebrae t5 | BiomedParse_v2, SAT CT
45296009 | T6 vertebra | thoracic vertebrae 6 (t6); vertebrae t6 | BiomedParse_v2, SAT CT
62487009 | T7 vertebra | thoracic vertebrae 7 (t7); vertebrae t7 | BiomedParse_v2, SAT CT
11068009 | T8 vertebra | thoracic vertebrae 8 (t8); vertebrae t8 | BiomedParse_v2, SAT CT
82687006 | T9 vertebra | thoracic vertebrae 9 (t9); vertebrae t9 | BiomedParse_v2, SAT CT MR
7610001 | T10 vertebra | thoracic vertebrae 10 (t10); vertebrae t10 | BiomedParse_v2, SAT CT MR
12989004 | T11 vertebra | thoracic vertebrae 11 (t11); vertebrae t11 | BiomedParse_v2, SAT CT MR
23215003 | T12 vertebra | thoracic vertebrae 12 (t12); vertebrae t12 | BiomedParse_v2, SAT CT MR
66794005 | L1 vertebra | lumbar vertebrae 1 (l1); vertebrae l1 | BiomedParse_v2, SAT CT MR
14293000 | L2 vertebra | lumbar vertebrae 2 (l2); vertebrae l2 | BiomedParse_v2, SAT CT MR
36470004 | L3 vertebra | lumbar vertebrae 3 (l3); vertebrae l3 | BiomedParse_v2, SAT CT MR
11994002 | L4 vertebra | lumbar vertebrae 4 (l4); vertebrae l4 | BiomedParse_v2, SAT CT MR
49668003 | L5 vertebra | lumbar vertebrae 5 (l5); vertebrae l5 | BiomedParse_v2, SAT CT MR
LUMBAR-VERTEBR-6 | L6 vertebra | lumbar vertebrae 6 (l6); vertebrae l6 | SAT CT
65985001 | S1 vertebra | sacral vertebrae 1 (s1); vertebrae s1 | BiomedParse_v2, SAT CT
54735007 | Sacrum |  | BiomedParse_v2, SAT CT MR
360499006 | Intervertebral disc | intervertebral discs | BiomedParse_v2, SAT MR
113209001 | T9/T10 disc | intervertebral disc between thoracic vertebrae 9 (t9) and thoracic vertebrae 10 (t10) | SAT MR
34959001 | T10/T11 disc | intervertebral disc between thoracic vertebrae 10 (t10) and thoracic vertebrae 11 (t11) | SAT
  MR
1537001 | T11/T12 disc | intervertebral disc between thoracic vertebrae 11 (t11) and thoracic vertebrae 12 (t12) | SAT
  MR
76206002 | T12/L1 disc | intervertebral disc between thoracic vertebrae 12 (t12) and lumbar vertebrae 1 (l1) | SAT MR
80064006 | L1/L2 disc | intervertebral disc between lumbar vertebrae 1 (l1) and lumbar vertebrae 2 (l2) | SAT MR
67459009 | L2/L3 disc | intervertebral disc between lumbar vertebrae 2 (l2) and lumbar vertebrae 3 (l3) | SAT MR
62551000 | L3/L4 disc | intervertebral disc between lumbar vertebrae 3 (l3) and lumbar vertebrae 4 (l4) | SAT MR
84020006 | L4/L5 disc | intervertebral disc between lumbar vertebrae 4 (l4) and lumbar vertebrae 5 (l5) | SAT MR
715056000 | L5/S1 disc | intervertebral disc between lumbar vertebrae 5 (l5) and sacrum | SAT MR
61853006 | Vertebral canal | spinal canal | BiomedParse_v2, SAT CT
51299004 | Clavicle | clavicula | BiomedParse_v2, SAT CT
79601000 | Scapula |  | BiomedParse_v2, SAT CT
85050009 | Humerus |  | BiomedParse_v2, SAT CT
56873002 | Sternum |  | SAT CT
37285002 | Manubrium of sternum |  | SAT CT
113197003 | Rib | ribs | SAT CT
48535007 | First rib | rib 1 | SAT CT
78247007 | Second rib | rib 2 | SAT CT
25888004 | Third rib | rib 3 | SAT CT
25523003 | Fourth rib | rib 4 | SAT CT
15339008 | Fifth rib | rib 5 | SAT CT
59558009 | Sixth rib | rib 6 | SAT CT
24915002 | Seventh rib | rib 7 | SAT CT
5953002 | Eighth rib | rib 8 | SAT CT
22565002 | Ninth rib | rib 9 | SAT CT
77644006 | Tenth rib | rib 10 | SAT CT
58830002 | Eleventh rib | rib 11 | SAT CT
43993008 | Twelfth rib | rib 12 | SAT CT
50016007 | Costal Cartilage | rib cartilage | SAT CT
HIP-BONE | Hip bone | hip | BiomedParse_v2, SAT CT
71341001 | Femur | femur bone | BiomedParse_v2, SAT CT MR
2812003 | Head of Femur |  | SAT CT
FEMORAL-CARTILAG | Femoral cartilage | femur cartilage | SAT MR
12611008 | Tibia | tibia bone | SAT MR
TIBIAL-CARTILAGE | Tibial cartilage | tibia cartilage | SAT MR
206007 | Gluteus maximus muscle | gluteus maximus | BiomedParse_v2, SAT CT
78333006 | Gluteus medius muscle | gluteus medius | BiomedParse_v2, SAT CT
75297007 | Gluteus minimus muscle | gluteus minimus | BiomedParse_v2, SAT CT
GLU-MED-AND-MIN | Gluteus medius and minimus muscles | gluteus medius and minimus |
68455001 | Iliopsoas muscle | iliopsoas | BiomedParse_v2, SAT CT
244849004 | Deep muscle of back | autochthon | BiomedParse_v2, SAT CT
SOLEUS | Soleus muscle | soleus | BiomedParse_v2
GASTR-LATER-HEAD | Lateral head of gastrocnemius muscle | gastrocnemius lateralis | BiomedParse_v2
GASTR-MEDIA-HEAD | Medial head of gastrocnemius muscle | gastrocnemius medialis | BiomedParse_v2
108369006 | Neoplasm | tumor; tumour | SAT PT
52988006 | Lesion |  | BiomedParse, BiomedParse_v2
108369006 | brain tumor | brain tumour | BiomedParse, SAT MR
WHOL-BRAI-TUMO | whole brain tumor |  | BiomedParse MR
BRAIN-TUMOR-CORE | brain tumor core |  | BiomedParse MR
ENHA-BRAI-TUMO | enhancing brain tumor | enhancing tumor | BiomedParse MR, SAT MR
NON-ENH-BRA-TUM | non enhancing brain tumor | non enhancing tumor | BiomedParse MR
NEC-BRA-TUM-COR | necrotic brain tumor core |  | SAT MR
NON-ENH-TUM-COR | non enhancing tumor core |  | BiomedParse_v2
FLA-HYP-ARO-TUM | flair hyperintensity around tumor | surrounding non enhancing flair hyperintensity; surrounding non
  enhancing flair hyperintensit | BiomedParse_v2
ENHANCING-TISSUE | enhancing tissue |  | BiomedParse_v2
RESECTION-CAVITY | resection cavity |  | BiomedParse_v2
LOWE-GRAD-GLIO | lower grade glioma |  | BiomedParse
79654002 | brain edema | brain tumor edema | BiomedParse MR, SAT MR
50960005 | intracranial hemorrhage |  | SAT CT
STROKE-LESION | stroke lesion | stroke | BiomedParse_v2, SAT MR
110702 | White Matter T2 Hyperintensity | white matter hyperintensities | BiomedParse_v2, SAT MR
VESTIBU-SCHWANN | vestibular schwannoma |  | SAT MR
VEST-SCHW-INTR | vestibular schwannoma intrameatal | intra meatal region of vestibular schwannoma | BiomedParse_v2
VEST-SCHW-EXTR | vestibular schwannoma extrameatal | extra meatal region of vestibular schwannoma | BiomedParse_v2
108369006 | head and neck tumor | head neck cancer | BiomedParse_v2, SAT PT
GR-TU-PR-AN-NO | gross tumor primary and nodal | gtvp and gtvn tumor | BiomedParse_v2
108369006 | nasopharyngeal tumor |  | SAT CT
NASOP-LYMPH-NODE | Nasopharyngeal lymph node |  | SAT CT
108369006 | lung tumor |  | BiomedParse CT, SAT CT
52988006 | lung lesion | lung lesions | BiomedParse_v2
27925004 | lung nodule |  | BiomedParse CT, SAT CT
COVID-19-INFECTI | covid 19 infection |  | BiomedParse CT, BiomedParse_v2, SAT CT
VIRAL-PNEUMONIA | viral pneumonia |  | BiomedParse DX
LUNG-OPACITY | lung opacity |  | BiomedParse
41699000 | pleural effusion | lung effusion | BiomedParse, SAT CT
36118008 | Pneumothorax |  | BiomedParse
55584005 | pulmonary embolism |  | BiomedParse, SAT CT
79654002 | myocardial edema |  | SAT MR
12402003 | myocardial scar |  | SAT MR
12402003 | left atrial scar | left heart atrium scar | SAT MR
108369006 | breast tumor |  | BiomedParse
BENI-BREA-TUMO | benign breast tumor |  | BiomedParse
MALI-BREA-TUMO | malignant breast tumor |  | BiomedParse
108369006 | abdominal tumor | abdomen tumor | BiomedParse
108369006 | liver tumor | liver tumors | BiomedParse CT, BiomedParse_v2, SAT CT MR
108369006 | pancreas tumor | pancreas tumors | BiomedParse, BiomedParse_v2, SAT CT
108369006 | kidney tumor |  | BiomedParse, SAT CT
367643001 | kidney cyst |  | BiomedParse, BiomedParse_v2, SAT CT
52988006 | kidney lesion | kidney lesions | BiomedParse_v2
ADRENOC-CARCINO | adrenocortical carcinoma |  | BiomedParse_v2
108369006 | colon tumor | colon cancer; colon cancer primaries | BiomedParse, BiomedParse_v2, SAT CT
68496003 | Polyp of colon | colon polyp | BiomedParse
NEOPLASTIC-POLYP | neoplastic polyp | neoplastic colon polyp | BiomedParse
NON-NEOPLA-POLYP | non neoplastic polyp | non neoplastic colon polyp | BiomedParse
108369006 | cervical cancer | cervical cancer tumor | BiomedParse_v2
52988006 | prostate lesion |  | BiomedParse_v2
52988006 | skin lesion |  | BiomedParse
1162635006 | melanoma |  | BiomedParse
CYST-MACU-EDEM | cystoid macular edema |  | BiomedParse
84640000 | Nucleus | nuclei | BiomedParse_v2
MITOCHONDRION | Mitochondrion | mitochondria | BiomedParse_v2
ENDOLYSOSOME | Endolysosome | endolysosomes | BiomedParse_v2
SYNAPTIC-CLEFT | Synaptic cleft | synaptic clefts | BiomedParse_v2
ALZHEIMER-PLAQUE | Alzheimer's disease plaque |  | BiomedParse_v2
COLON-GLAND | Glandular structure of colon | colon glandular structure | BiomedParse
BREA-CANC-CELL | Breast cancer cells |  | BiomedParse
BEN-BRE-CAN-CEL | Benign breast tumor cells | benign breast cancer cells | BiomedParse
MAL-BRE-CAN-CEL | Malignant breast tumor cells | malignant breast cancer cells | BiomedParse
NEOPLASTIC-CELLS | Neoplastic cells |  | BiomedParse
INFLAMMATO-CELLS | Inflammatory cells |  | BiomedParse
CONN-TISS-CELL | Connective tissue cells |  | BiomedParse
4212006 | Epithelial cells |  | BiomedParse
`;
