import { pairs } from './headNames.js';

/**
 * Four lists of names, labels and phrases, written by a language model that saw neither the vocabulary nor the tests,
 * only the list of structures and what each means. (The first list it saw lacked the targets "lateral ventricles" and
 * "left cerebellum"; they were added.) The first three, as they came, were understood rightly in 84,
 * 85 and 95 %, and showed what was missing. The fourth was measured once, after that: 145 of 150, and 98 of the 103
 * that are no name of the vocabulary.
 */
export const namesByOthers = [
  pairs(`
Left-Cerebral-White-Matter: left-cerebral-white-matter
ctx-rh: right-cerebral-cortex
Right-Inf-Lat-Vent: right-inferior-lateral-ventricle
left VentralDC: left-ventral-diencephalon
Right-Accumbens-area: right-nucleus-accumbens
Left-Pallidum: left-globus-pallidus
4th-Ventricle: fourth-ventricle
Brain-Stem: brain-stem
rh cerebellum cortex: right-cerebellar-cortex
L_Hipp: left-hippocampus
R_Puta: right-putamen
L_Caud: left-caudate-nucleus
R_Thal: right-thalamus
L_Amyg: left-amygdala
BrStem: brain-stem
Hippocampus_L: left-hippocampus
Thalamus_R: right-thalamus
Caudate_R: right-caudate-nucleus
Amygdala_L: left-amygdala
Pallidum_L: left-globus-pallidus
N_Acc_R: right-nucleus-accumbens
Left Accumbens Area: left-nucleus-accumbens
Left Inf Lat Vent: left-inferior-lateral-ventricle
Right Ventral DC: right-ventral-diencephalon
Left Cerebellum Exterior: left-cerebellar-cortex
Right Cerebellum White Matter: right-cerebellar-white-matter
Left Cerebral Cortex: left-cerebral-cortex
Right Lateral Ventricle: right-lateral-ventricle
hippocampus sinister: left-hippocampus
thalamus dexter: right-thalamus
nucleus caudatus: left-caudate-nucleus right-caudate-nucleus
corpus amygdaloideum: left-amygdala right-amygdala
ventriculus tertius: third-ventricle
ventriculus quartus: fourth-ventricle
ventriculus lateralis sinister: left-lateral-ventricle
truncus encephali: brain-stem
cortex cerebri: left-cerebral-cortex right-cerebral-cortex
cortex cerebelli: left-cerebellar-cortex right-cerebellar-cortex
medulla spinalis: spinal-cord
cranium: skull
globus pallidus dexter: right-globus-pallidus
Structure of left hippocampus: left-hippocampus
Entire third ventricle: third-ventricle
Right caudate nucleus structure: right-caudate-nucleus
Left putamen (body structure): left-putamen
amygdaloid complex: left-amygdala right-amygdala
amygdaloid body, right: right-amygdala
temporal horn of left lateral ventricle: left-inferior-lateral-ventricle
temporal horns: left-inferior-lateral-ventricle right-inferior-lateral-ventricle
inferior horn of the lateral ventricle (right): right-inferior-lateral-ventricle
hippocampi: left-hippocampus right-hippocampus
thalami: left-thalamus right-thalamus
bilateral amygdalae: left-amygdala right-amygdala
both putamina: left-putamen right-putamen
caudates: left-caudate-nucleus right-caudate-nucleus
pallida: left-globus-pallidus right-globus-pallidus
NAcc: left-nucleus-accumbens right-nucleus-accumbens
left NAc: left-nucleus-accumbens
Nucleus accumbens septi: left-nucleus-accumbens right-nucleus-accumbens
GP right: right-globus-pallidus
lh hippocampal formation: left-hippocampus
hippocampus volume: left-hippocampus right-hippocampus
left hippocampal volume: left-hippocampus
right thalamic mask: right-thalamus
segment the right hippocampus: right-hippocampus
please segment the left putamen: left-putamen
show me the brainstem: brain-stem
binary mask of the left caudate: left-caudate-nucleus
putaminal volume, right: right-putamen
R caudate: right-caudate-nucleus
L thalamus: left-thalamus
amygdala (R): right-amygdala
putamen, L: left-putamen
lh.cortex: left-cerebral-cortex
rh white matter: right-cerebral-white-matter
LeftLateralVentricle: left-lateral-ventricle
RightThalamusProper: right-thalamus
leftCaudate: left-caudate-nucleus
ThirdVentricle: third-ventricle
right_cerebellar_gray_matter: right-cerebellar-cortex
cortical gray matter: left-cerebral-cortex right-cerebral-cortex
cortical ribbon: left-cerebral-cortex right-cerebral-cortex
neocortex left: left-cerebral-cortex
cerebral WM: left-cerebral-white-matter right-cerebral-white-matter
subcortical white matter of the right hemisphere: right-cerebral-white-matter
arbor vitae: left-cerebellar-white-matter right-cerebellar-white-matter
lateral ventricles: lateral-ventricles
LV left: left-lateral-ventricle
3V: third-ventricle
IV ventricle: fourth-ventricle
volume of the fourth ventricle: fourth-ventricle
extra-axial CSF: extraventricular-cerebrospinal-fluid
sulcal CSF: extraventricular-cerebrospinal-fluid
subarachnoid space: extraventricular-cerebrospinal-fluid
skull bone mask: skull
eyeballs: eyes
ocular globes: eyes
scalp skin: skin
turbinate mucosa: nasal-mucosa
cervical cord: spinal-cord
left cerebral hemisphere: left-cerebral-hemisphere
hemispherium cerebri dextrum: right-cerebral-hemisphere
rh hemisphere: right-cerebral-hemisphere
Right-Cerebellum: right-cerebellum
left cerebellar hemisphere mask: left-cerebellum
whole brain: brain
brain mask: brain
encephalon: brain
brain parenchyma: brain
skull-stripped brain: brain
cerebellar volume: cerebellum
Cerebellum mask: cerebellum
Ventricular system: ventricles
cerebral ventricles: ventricles
ventricular CSF: ventricles
nuclei basales: basal-ganglia
basal nuclei: basal-ganglia
corpus striatum: striatum
striatal volume: striatum
nucleus lentiformis: lentiform-nucleus
lenticular nucleus: lentiform-nucleus
whole head: head
head mask: head
caput: head
TIV: intracranial-contents
eTIV mask: intracranial-contents
intracranial volume: intracranial-contents
intracranial cavity: intracranial-contents
mesial temporal structures: medial-temporal-structures
hippocampus and amygdala: left-hippocampus right-hippocampus left-amygdala right-amygdala
left hippocampus + left amygdala: left-hippocampus left-amygdala
right caudate & putamen: right-caudate-nucleus right-putamen
L and R thalamus: left-thalamus right-thalamus
left and right pallidum: left-globus-pallidus right-globus-pallidus
caudate, putamen: left-caudate-nucleus right-caudate-nucleus
  left-putamen right-putamen
third and fourth ventricles: third-ventricle fourth-ventricle
3rd ventricle, lateral ventricles: third-ventricle lateral-ventricles
cerebellum and brainstem: cerebellum brain-stem
brainstem plus spinal cord: brain-stem spinal-cord
left thalamus, right putamen: left-thalamus right-putamen
Left-Hippocampus,Right-Hippocampus: left-hippocampus right-hippocampus
putamen and globus pallidus on the left: left-putamen left-globus-pallidus
skull & scalp skin: skull skin
eyes and nasal mucosa: eyes nasal-mucosa
thalamus + basal ganglia: left-thalamus right-thalamus basal-ganglia
lh and rh cortex: left-cerebral-cortex right-cerebral-cortex
left lateral ventricle including temporal horn: left-lateral-ventricle left-inferior-lateral-ventricle
cerebellar cortex and white matter: left-cerebellar-cortex right-cerebellar-cortex
  left-cerebellar-white-matter right-cerebellar-white-matter
both cerebral hemispheres: left-cerebral-hemisphere right-cerebral-hemisphere
segment hippocampus, thalamus and brainstem: left-hippocampus right-hippocampus left-thalamus right-thalamus brain-stem
`),
  pairs(`
entire head mask: head
caput: head
ICV: intracranial-contents
TIV mask: intracranial-contents
total intracranial volume: intracranial-contents
eTIV: intracranial-contents
contents of the cranial cavity: intracranial-contents
encephalon: brain
skull-stripped brain: brain
segment the whole brain: brain
telencephalon: cerebrum
cerebrum volume: cerebrum
both cerebral hemispheres: left-cerebral-hemisphere right-cerebral-hemisphere
hemispherium cerebri sinistrum: left-cerebral-hemisphere
cerebral hemisphere (right): right-cerebral-hemisphere
lhCerebralWhiteMatterVol: left-cerebral-white-matter
rh cerebral WM: right-cerebral-white-matter
white matter of the cerebrum: left-cerebral-white-matter right-cerebral-white-matter
Cerebral White Matter L: left-cerebral-white-matter
cortex cerebri: left-cerebral-cortex right-cerebral-cortex
lhCortexVol: left-cerebral-cortex
cortical ribbon: left-cerebral-cortex right-cerebral-cortex
right cortical gray matter: right-cerebral-cortex
ctx_rh: right-cerebral-cortex
ventricular system: ventricles
ventriculi cerebri: ventricles
intraventricular CSF: ventricles
cerebral ventricles mask: ventricles
ventriculi laterales: lateral-ventricles
bilateral lateral ventricles: lateral-ventricles
lateral ventricles including temporal horns: lateral-ventricles
Left_Lateral_Ventricle: left-lateral-ventricle
lateral ventricle (R): right-lateral-ventricle
left lateral ventricle without temporal horn: left-lateral-ventricle
Right Inf Lat Vent: right-inferior-lateral-ventricle
temporal horn of the left lateral ventricle: left-inferior-lateral-ventricle
cornu temporale ventriculi lateralis: left-inferior-lateral-ventricle right-inferior-lateral-ventricle
inferior horns of the lateral ventricles: left-inferior-lateral-ventricle right-inferior-lateral-ventricle
temporal horn volume, right: right-inferior-lateral-ventricle
ventriculus tertius: third-ventricle
3rd-Ventricle: third-ventricle
ventricle III: third-ventricle
ventriculus quartus: fourth-ventricle
4th ventricle mask: fourth-ventricle
FourthVentricle: fourth-ventricle
liquor cerebrospinalis: cerebrospinal-fluid
CSF tissue class: cerebrospinal-fluid
total CSF volume: cerebrospinal-fluid
subarachnoid CSF: extraventricular-cerebrospinal-fluid
CSF outside the ventricles: extraventricular-cerebrospinal-fluid
non-ventricular CSF: extraventricular-cerebrospinal-fluid
total cerebellar volume: cerebellum
cerebellum including vermis: cerebellum
hemispherium cerebelli dextrum: right-cerebellum
cerebellar hemispheres: left-cerebellum right-cerebellum
left cerebellar hemisphere: left-cerebellum
Left-Cerebellum-White-Matter: left-cerebellar-white-matter
arbor vitae: left-cerebellar-white-matter right-cerebellar-white-matter
R cerebellar WM: right-cerebellar-white-matter
cortex cerebelli: left-cerebellar-cortex right-cerebellar-cortex
Left Cerebellum Exterior: left-cerebellar-cortex
rh cerebellar cortex: right-cerebellar-cortex
truncus encephali: brain-stem
BrainStem: brain-stem
segment the brainstem: brain-stem
DGM: deep-grey-matter
SubCortGrayVol: deep-grey-matter
deep gray nuclei: deep-grey-matter
left subcortical gray matter: left-deep-grey-matter
deep GM, right: right-deep-grey-matter
nuclei basales: basal-ganglia
basal nuclei: basal-ganglia
BG mask: basal-ganglia
left basal ganglia volume: left-basal-ganglia
basal ganglia (R): right-basal-ganglia
bilateral striatum: striatum
Striatum_R: right-striatum
lh striatum: left-striatum
nucleus lentiformis: lentiform-nucleus
lenticular nuclei: lentiform-nucleus
left lenticular nucleus: left-lentiform-nucleus
thalami: left-thalamus right-thalamus
L_Thal: left-thalamus
Right-Thalamus-Proper: right-thalamus
thalamus dexter: right-thalamus
nucleus lentiformis dexter: right-lentiform-nucleus
nucleus caudatus sinister: left-caudate-nucleus
Caudate_R: right-caudate-nucleus
L_Caud: left-caudate-nucleus
caudate nuclei: left-caudate-nucleus right-caudate-nucleus
Putamen_L: left-putamen
R_Puta: right-putamen
putamina: left-putamen right-putamen
globi pallidi: left-globus-pallidus right-globus-pallidus
Pallidum_R: right-globus-pallidus
L_Pall: left-globus-pallidus
volume of the left pallidum: left-globus-pallidus
R_Accu: right-nucleus-accumbens
Left-Accumbens-area: left-nucleus-accumbens
NAcc: left-nucleus-accumbens right-nucleus-accumbens
nucleus accumbens septi: left-nucleus-accumbens right-nucleus-accumbens
R_Hipp: right-hippocampus
Hippocampus_L: left-hippocampus
left hippocampal volume: left-hippocampus
bilateral hippocampal mask: left-hippocampus right-hippocampus
corpus amygdaloideum: left-amygdala right-amygdala
amygdaloid body: left-amygdala right-amygdala
L_Amyg: left-amygdala
amygdaloid complex (right): right-amygdala
amygdala-hippocampus complex: medial-temporal-structures
left amygdalohippocampal complex: left-medial-temporal-structures
right hippocampal-amygdala complex: right-medial-temporal-structures
VentralDC: left-ventral-diencephalon right-ventral-diencephalon
Left Ventral DC: left-ventral-diencephalon
rh ventral diencephalon: right-ventral-diencephalon
total white matter: white-matter
WM mask: white-matter
TotalGrayVol: grey-matter
GM tissue map: grey-matter
cranium: skull
skull bone mask: skull
eyeballs: eyes
bulbi oculi: eyes
ocular globes: eyes
cutis: skin
extracranial soft tissue: soft-tissue
tunica mucosa nasi: nasal-mucosa
nasal mucous membrane: nasal-mucosa
medulla spinalis: spinal-cord
L_Hipp, L_Amyg: left-hippocampus left-amygdala
GM, WM and CSF: grey-matter white-matter cerebrospinal-fluid
Caudate_L & Putamen_L: left-caudate-nucleus left-putamen
third and fourth ventricles: third-ventricle fourth-ventricle
right thalamus plus right globus pallidus: right-thalamus right-globus-pallidus
brainstem and cerebellum: brain-stem cerebellum
left NAcc & right NAcc: left-nucleus-accumbens right-nucleus-accumbens
Left-Pallidum, Right-Putamen: left-globus-pallidus right-putamen
cranium plus eyeballs: skull eyes
brainstem plus spinal cord: brain-stem spinal-cord
thalami and caudate nuclei: left-thalamus right-thalamus left-caudate-nucleus right-caudate-nucleus
lh hippocampus, rh hippocampus: left-hippocampus right-hippocampus
amygdalae and hippocampi: left-amygdala right-amygdala left-hippocampus right-hippocampus
Right-VentralDC, Brain-Stem: right-ventral-diencephalon brain-stem
lateral ventricles & 3rd ventricle: lateral-ventricles third-ventricle
left temporal horn and left hippocampus: left-inferior-lateral-ventricle left-hippocampus
right cerebellar cortex plus right cerebellar white matter: right-cerebellar-cortex right-cerebellar-white-matter
lh cerebral cortex and lh cerebral white matter: left-cerebral-cortex left-cerebral-white-matter
skin, skull and brain: skin skull brain
truncus encephali, medulla spinalis: brain-stem spinal-cord
left lentiform nucleus & left thalamus: left-lentiform-nucleus left-thalamus
`),
  pairs(`
whole head mask: head
caput: head
eTIV: intracranial-contents
EstimatedTotalIntraCranialVol: intracranial-contents
intracranial cavity: intracranial-contents
ICV mask: intracranial-contents
encephalon: brain
entire brain volume: brain
BET brain mask: brain
telencephalon: cerebrum
whole cerebrum: cerebrum
hemispherium cerebri dextrum: right-cerebral-hemisphere
L cerebral hemisphere: left-cerebral-hemisphere
cerebral hemisphere (right): right-cerebral-hemisphere
both cerebral hemispheres: left-cerebral-hemisphere right-cerebral-hemisphere
lhCerebralWhiteMatterVol: left-cerebral-white-matter
right cerebral WM: right-cerebral-white-matter
white matter of the left cerebral hemisphere: left-cerebral-white-matter
substantia alba cerebri: left-cerebral-white-matter right-cerebral-white-matter
ctx-lh: left-cerebral-cortex
rhCortexVol: right-cerebral-cortex
cortex cerebri: left-cerebral-cortex right-cerebral-cortex
cortical ribbon: left-cerebral-cortex right-cerebral-cortex
left cortical grey matter: left-cerebral-cortex
ventricular system: ventricles
ventriculi cerebri: ventricles
brain ventricles mask: ventricles
ventriculi laterales: lateral-ventricles
bilateral lateral ventricles: lateral-ventricles
ventriculus lateralis sinister: left-lateral-ventricle
lat_vent_R: right-lateral-ventricle
LeftLateralVentricle: left-lateral-ventricle
Left-Inf-Lat-Vent: left-inferior-lateral-ventricle
Right Inf Lat Vent: right-inferior-lateral-ventricle
temporal horn of the right lateral ventricle: right-inferior-lateral-ventricle
cornu temporale sinistrum: left-inferior-lateral-ventricle
temporal horns: left-inferior-lateral-ventricle right-inferior-lateral-ventricle
3rd-Ventricle: third-ventricle
ventriculus tertius: third-ventricle
third ventricular volume: third-ventricle
ventriculus quartus: fourth-ventricle
Ventricle, Fourth: fourth-ventricle
4V: fourth-ventricle
liquor cerebrospinalis: cerebrospinal-fluid
CSF tissue class: cerebrospinal-fluid
external CSF: extraventricular-cerebrospinal-fluid
subarachnoid CSF: extraventricular-cerebrospinal-fluid
extra-ventricular CSF: extraventricular-cerebrospinal-fluid
cerebellar structure: cerebellum
total cerebellar volume: cerebellum
Cerebellum_L: left-cerebellum
hemispherium cerebelli dextrum: right-cerebellum
cerebellar hemispheres: left-cerebellum right-cerebellum
Left-Cerebellum-White-Matter: left-cerebellar-white-matter
arbor vitae: left-cerebellar-white-matter right-cerebellar-white-matter
R cerebellar WM: right-cerebellar-white-matter
Right Cerebellum Exterior: right-cerebellar-cortex
cortex cerebelli: left-cerebellar-cortex right-cerebellar-cortex
lh cerebellar cortex: left-cerebellar-cortex
truncus encephali: brain-stem
segment the brainstem: brain-stem
brainstem structure: brain-stem
SubCortGrayVol: deep-grey-matter
deep gray nuclei: deep-grey-matter
DGM: deep-grey-matter
left subcortical gray matter: left-deep-grey-matter
deep GM (right): right-deep-grey-matter
nuclei basales: basal-ganglia
basal ganglia bilateral: basal-ganglia
left basal nuclei: left-basal-ganglia
BasalGanglia_R: right-basal-ganglia
striatal volume: striatum
striatum_L: left-striatum
right striatal mask: right-striatum
nucleus lentiformis: lentiform-nucleus
structure of lentiform nucleus: lentiform-nucleus
left lenticular nucleus: left-lentiform-nucleus
nucleus lenticularis dexter: right-lentiform-nucleus
Right-Thalamus-Proper: right-thalamus
L_Thal: left-thalamus
thalami: left-thalamus right-thalamus
thalamus dexter: right-thalamus
nucleus caudatus sinister: left-caudate-nucleus
R_Caud: right-caudate-nucleus
caudate nuclei volume: left-caudate-nucleus right-caudate-nucleus
Caudate_L: left-caudate-nucleus
L_Puta: left-putamen
putamina: left-putamen right-putamen
putamen dextrum: right-putamen
entire putamen: left-putamen right-putamen
Pallidum_R: right-globus-pallidus
globi pallidi: left-globus-pallidus right-globus-pallidus
globus pallidus sinister: left-globus-pallidus
R_Pall: right-globus-pallidus
Left-Accumbens-area: left-nucleus-accumbens
NAcc: left-nucleus-accumbens right-nucleus-accumbens
nucleus accumbens septi: left-nucleus-accumbens right-nucleus-accumbens
rh accumbens: right-nucleus-accumbens
R_Hipp: right-hippocampus
structure of left hippocampus: left-hippocampus
hippocampus, right: right-hippocampus
segment the hippocampus bilaterally: left-hippocampus right-hippocampus
corpus amygdaloideum sinistrum: left-amygdala
amygdaloid complex: left-amygdala right-amygdala
R_Amyg: right-amygdala
amygdalae: left-amygdala right-amygdala
amygdala-hippocampus complex: medial-temporal-structures
mesial temporal structures: medial-temporal-structures
left amygdalohippocampal complex: left-medial-temporal-structures
right hippocampal-amygdala complex: right-medial-temporal-structures
Left-VentralDC: left-ventral-diencephalon
Right Ventral DC: right-ventral-diencephalon
substantia alba: white-matter
WM segmentation: white-matter
substantia grisea: grey-matter
TotalGrayVol: grey-matter
cranium osseum: skull
bony skull mask: skull
bulbi oculi: eyes
ocular globes: eyes
cutis: skin
integument: skin
extracranial soft tissues: soft-tissue
tunica mucosa nasi: nasal-mucosa
nasal mucous membrane: nasal-mucosa
medulla spinalis: spinal-cord
GM, WM and CSF: grey-matter white-matter cerebrospinal-fluid
third and fourth ventricles: third-ventricle fourth-ventricle
thalami, caudates and putamina: left-thalamus right-thalamus left-caudate-nucleus right-caudate-nucleus
  left-putamen right-putamen
L caudate & L putamen: left-caudate-nucleus left-putamen
right thalamus and right VentralDC: right-thalamus right-ventral-diencephalon
brainstem plus spinal cord: brain-stem spinal-cord
cranial bone and skin: skull skin
eyeballs & nasal mucosa: eyes nasal-mucosa
cerebrum, cerebellum and brainstem: cerebrum cerebellum brain-stem
lh hippocampus & rh amygdala: left-hippocampus right-amygdala
Thalamus_R, Pallidum_L: right-thalamus left-globus-pallidus
left NAcc and right NAcc: left-nucleus-accumbens right-nucleus-accumbens
lateral ventricles plus 3rd ventricle: lateral-ventricles third-ventricle
left cerebellar cortex and left cerebellar WM: left-cerebellar-cortex left-cerebellar-white-matter
cortical ribbon & hippocampus: left-cerebral-cortex right-cerebral-cortex left-hippocampus right-hippocampus
L_Hipp, L_Amyg and L_Thal: left-hippocampus left-amygdala left-thalamus
right lenticular nucleus plus right caudate: right-lentiform-nucleus right-caudate-nucleus
left temporal horn and left hippocampus: left-inferior-lateral-ventricle left-hippocampus
corpora amygdaloidea and thalami: left-amygdala right-amygdala left-thalamus right-thalamus
cerebellum & 4th ventricle: cerebellum fourth-ventricle
scalp skin, skull and brain: skin skull brain
basal nuclei plus thalamus: basal-ganglia left-thalamus right-thalamus
rh cortex and rh cerebral white matter: right-cerebral-cortex right-cerebral-white-matter
ventral DC and brain stem: left-ventral-diencephalon right-ventral-diencephalon brain-stem
`),
  pairs(`
whole head mask: head
caput: head
head volume: head
EstimatedTotalIntraCranialVol: intracranial-contents
TIV mask: intracranial-contents
total intracranial volume: intracranial-contents
contents of the cranial cavity: intracranial-contents
encephalon: brain
BET brain mask: brain
skull-stripped brain: brain
entire brain: brain
segment the cerebrum: cerebrum
Cerebrum_mask: cerebrum
hemispherium cerebri sinistrum: left-cerebral-hemisphere
right hemicerebrum: right-cerebral-hemisphere
hemispheria cerebri: left-cerebral-hemisphere right-cerebral-hemisphere
rh cerebrum: right-cerebral-hemisphere
lhCerebralWhiteMatterVol: left-cerebral-white-matter
rh cerebral WM: right-cerebral-white-matter
white matter of the left cerebral hemisphere: left-cerebral-white-matter
Cerebral_White_Matter_R: right-cerebral-white-matter
hemispheric white matter: left-cerebral-white-matter right-cerebral-white-matter
rhCortexVol: right-cerebral-cortex
lh cortical ribbon: left-cerebral-cortex
cortex cerebri: left-cerebral-cortex right-cerebral-cortex
cortical grey matter of the right hemisphere: right-cerebral-cortex
left cortical mantle: left-cerebral-cortex
bilateral cerebral cortices: left-cerebral-cortex right-cerebral-cortex
cerebral ventricular system: ventricles
ventriculi cerebri: ventricles
ventricular CSF: ventricles
all four ventricles: ventricles
ventriculi laterales: lateral-ventricles
bilateral lateral ventricles: lateral-ventricles
ventriculus lateralis sinister: left-lateral-ventricle
Lateral_Ventricle_R: right-lateral-ventricle
R lateral ventricle: right-lateral-ventricle
lateral ventricle (left): left-lateral-ventricle
cornu temporale ventriculi lateralis dextri: right-inferior-lateral-ventricle
temporal horns: left-inferior-lateral-ventricle right-inferior-lateral-ventricle
inferior horn of the left lateral ventricle: left-inferior-lateral-ventricle
Right Inf Lat Vent: right-inferior-lateral-ventricle
temporal horn volume left: left-inferior-lateral-ventricle
ventriculus tertius: third-ventricle
3rd ventricular volume: third-ventricle
ThirdVentricle: third-ventricle
ventriculus quartus: fourth-ventricle
IV ventricle: fourth-ventricle
4th_ventricle_mask: fourth-ventricle
liquor cerebrospinalis: cerebrospinal-fluid
cerebro-spinal fluid: cerebrospinal-fluid
CSF tissue class: cerebrospinal-fluid
subarachnoid CSF: extraventricular-cerebrospinal-fluid
extra-axial CSF: extraventricular-cerebrospinal-fluid
spatium subarachnoideum: extraventricular-cerebrospinal-fluid
whole cerebellum mask: cerebellum
total cerebellar volume: cerebellum
hemispherium cerebelli dextrum: right-cerebellum
cerebellar hemisphere (L): left-cerebellum
cerebellar hemispheres: left-cerebellum right-cerebellum
arbor vitae: left-cerebellar-white-matter right-cerebellar-white-matter
corpus medullare cerebelli: left-cerebellar-white-matter right-cerebellar-white-matter
Right-Cerebellum-White-Matter: right-cerebellar-white-matter
L cerebellar WM: left-cerebellar-white-matter
cortex cerebelli: left-cerebellar-cortex right-cerebellar-cortex
Right Cerebellum Exterior: right-cerebellar-cortex
lh cerebellar cortex: left-cerebellar-cortex
truncus encephali: brain-stem
BrStem: brain-stem
brainstem volume: brain-stem
deep gray nuclei: deep-grey-matter
SubCortGrayVol: deep-grey-matter
DGM mask: deep-grey-matter
left deep gray nuclei: left-deep-grey-matter
rh subcortical gray matter: right-deep-grey-matter
nuclei basales: basal-ganglia
BG_L: left-basal-ganglia
right basal nuclei: right-basal-ganglia
striatal mask: striatum
left striatal volume: left-striatum
Striatum_R: right-striatum
lenticular nuclei: lentiform-nucleus
nucleus lentiformis sinister: left-lentiform-nucleus
right lenticular nucleus: right-lentiform-nucleus
thalami: left-thalamus right-thalamus
L_Thal: left-thalamus
Right Thalamus Proper: right-thalamus
thalamus dexter: right-thalamus
nucleus caudatus dexter: right-caudate-nucleus
L_Caud: left-caudate-nucleus
nuclei caudati: left-caudate-nucleus right-caudate-nucleus
segment the right caudate: right-caudate-nucleus
R_Puta: right-putamen
putamina: left-putamen right-putamen
putamen sinistrum: left-putamen
Pallidum_R: right-globus-pallidus
globi pallidi: left-globus-pallidus right-globus-pallidus
paleostriatum: left-globus-pallidus right-globus-pallidus
left pallidal volume: left-globus-pallidus
N_Acc_R: right-nucleus-accumbens
Left Accumbens Area: left-nucleus-accumbens
NAcc: left-nucleus-accumbens right-nucleus-accumbens
nucleus accumbens septi dexter: right-nucleus-accumbens
L_Hipp: left-hippocampus
hippocampus dexter: right-hippocampus
bilateral hippocampal volumes: left-hippocampus right-hippocampus
hippocampal mask rh: right-hippocampus
corpus amygdaloideum sinistrum: left-amygdala
amygdaloid nuclear complex: left-amygdala right-amygdala
R_Amyg: right-amygdala
amygdalohippocampal complex: medial-temporal-structures
left hippocampus-amygdala complex: left-medial-temporal-structures
Left-VentralDC: left-ventral-diencephalon
ventral DC (right): right-ventral-diencephalon
substantia alba: white-matter
total WM volume: white-matter
TotalGrayVol: grey-matter
substantia grisea: grey-matter
cranium: skull
cranial bone mask: skull
bulbi oculi: eyes
ocular globes: eyes
cutis: skin
extracranial soft tissues: soft-tissue
tunica mucosa nasi: nasal-mucosa
medulla spinalis: spinal-cord
L_Hipp and R_Hipp: left-hippocampus right-hippocampus
right caudate & right putamen: right-caudate-nucleus right-putamen
thalami and hippocampi: left-thalamus right-thalamus left-hippocampus right-hippocampus
left amygdala, right hippocampus: left-amygdala right-hippocampus
third plus fourth ventricle: third-ventricle fourth-ventricle
truncus encephali and cerebellum: brain-stem cerebellum
GM, WM, CSF: grey-matter white-matter cerebrospinal-fluid
lh pallidum plus lh putamen: left-globus-pallidus left-putamen
eyeballs and skull: eyes skull
left NAcc & left caudate: left-nucleus-accumbens left-caudate-nucleus
skin, skull, brain: skin skull brain
right temporal horn and right hippocampus: right-inferior-lateral-ventricle right-hippocampus
Left-Thalamus-Proper, Right-Thalamus-Proper: left-thalamus right-thalamus
medulla spinalis & brainstem: spinal-cord brain-stem
lateral ventricles and 3rd ventricle: lateral-ventricles third-ventricle
left cerebral WM, left cerebral cortex: left-cerebral-white-matter left-cerebral-cortex
amygdalae plus hippocampi: left-amygdala right-amygdala left-hippocampus right-hippocampus
R_Accu, R_Caud, R_Puta: right-nucleus-accumbens right-caudate-nucleus right-putamen
basal nuclei and thalami: basal-ganglia left-thalamus right-thalamus
left cerebellar hemisphere & right cerebral hemisphere: left-cerebellum right-cerebral-hemisphere
right ventral DC, brainstem: right-ventral-diencephalon brain-stem
ocular globes plus nasal mucous membrane: eyes nasal-mucosa
left striatum and right lentiform nucleus: left-striatum right-lentiform-nucleus
cerebellar cortex and cerebellar white matter: left-cerebellar-cortex right-cerebellar-cortex
  left-cerebellar-white-matter right-cerebellar-white-matter
`),
];
