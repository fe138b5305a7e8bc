/**
 * Every error that reaches people or programs, by its stable code: the single source of the HTTP status, the title, the
 * next step, and whether a retry may help. docs/integrate/errors.md is generated from it.
 */

export interface ErrorEntry {
  /** HTTP status of the problem+json response (RFC 9457). */
  readonly status: number;
  readonly title: string;
  /** True if the same request may succeed later without any change. */
  readonly transient: boolean;
  /** What the reader can do. */
  readonly nextStep: string;
}

/** An error that remains until something is changed. */
const error = (status: number, title: string, nextStep: string): ErrorEntry => ({
  status,
  title,
  transient: false,
  nextStep,
});

/** An error that a later retry may not meet. */
const passing = (status: number, title: string, nextStep: string): ErrorEntry => ({
  status,
  title,
  transient: true,
  nextStep,
});

export const errorTable = {
  'sign-in-needed': error(
    401,
    'Not signed in',
    'Sign in at /auth/sign-in in the browser. Programs send an API key or a token: Authorization: Bearer ….',
  ),
  'session-over': error(401, 'The session has ended', 'Sign in again at /auth/sign-in.'),
  'credential-invalid': error(
    401,
    'The key or token is not valid',
    'Request a new token, or ask an administrator for a new key (`promptseg keys create`).',
  ),
  'not-permitted': error(
    403,
    'Not permitted',
    'Ask an administrator for a role or key with this permission; see docs/administer/security.md.',
  ),
  'origin-missing': error(
    403,
    'The request does not say which page it comes from',
    'Use an API key or a token instead of a cookie in programs.',
  ),
  'proxy-untrusted': error(
    403,
    'The proxy is not trusted',
    "Open the server through its proxy, and add the proxy's address to PROMPTSEG_TRUSTED_PROXIES.",
  ),
  'sign-in-failed': error(
    400,
    'The sign-in failed',
    'Try again at /auth/sign-in. If it fails again, ask an administrator to check the PROMPTSEG_OIDC settings.',
  ),
  'sign-in-unavailable': passing(
    503,
    'The sign-in service does not respond',
    'Try again in a minute. If it fails again, check the OpenID provider of PROMPTSEG_OIDC_ISSUER.',
  ),
  'key-not-found': error(404, 'No such key', 'List the keys with GET /api/v1/keys or `promptseg keys list`.'),
  'setting-invalid': error(
    500,
    'A setting is not valid',
    'Correct the setting and start again; docs/administer/operations.md lists all settings.',
  ),
  'log-in-missing': error(
    500,
    'The server has no log-in',
    'Set PROMPTSEG_AUTH to oidc or proxy, or listen on 127.0.0.1 and name no other host in ' +
      'PROMPTSEG_ALLOWED_HOSTS. PROMPTSEG_INSECURE=true starts it anyway, with a warning on every page.',
  ),
  'recognition-unanswered': error(
    422,
    'Recognition timed out before any target was checked',
    'Allow more time (recognize.withinSeconds), or request fewer targets.',
  ),
  'dataset-invalid': error(
    422,
    'The labelled dataset cannot be evaluated',
    'Compare it with the layout in docs/use/evaluation.md.',
  ),
  'nifti-unreadable': error(422, 'A NIfTI file cannot be read', 'Re-save the file with another program.'),
  'input-unusable': error(
    422,
    'The input cannot be used',
    'Name a NIfTI file, a DICOM file, or a folder with the DICOM files of a study.',
  ),
  'series-needed': error(422, 'There are several series', 'Name one of them with --series.'),
  'options-invalid': error(400, 'The options do not fit', 'See the options of the command with --help.'),
  'modality-needed': error(
    422,
    'The modality of the image is not known',
    'State it with --modality CT, --modality MR or --modality PT.',
  ),
  'output-unusable': error(
    409,
    'The output folder cannot be used',
    'Name another folder with --output, or replace the earlier result with --force.',
  ),
  'prompt-set-not-found': error(404, 'No such prompt set', 'Reload the list; somebody may have deleted the set.'),
  'prompt-set-exists': error(
    409,
    'A prompt set with this name exists',
    'Choose another name, or change the existing set.',
  ),
  'archive-unreachable': passing(
    503,
    'The archive does not respond',
    'Check that the DICOMweb archive is running and that its address is correct, then try again.',
  ),
  'archive-refused': error(
    502,
    'The archive refused the request',
    "Check the archive's credentials, permissions and log.",
  ),
  'archive-busy': passing(503, 'The archive is busy', 'Try again later.'),
  'archive-broken-answer': passing(
    502,
    'The archive sent an unreadable response',
    "Try again. If it happens every time, check the archive's log.",
  ),
  'result-not-encodable': error(
    422,
    'The result cannot be stored as a DICOM object',
    'Request fewer targets, no RT Structure Set and no presentation state, or a series with plain, parallel slices.',
  ),
  'segments-overlap': error(
    422,
    'The segments overlap, which a label map cannot hold',
    'Request a binary segmentation, or the overlapping targets one by one.',
  ),
  'probabilities-unavailable': error(
    422,
    'The model gives no probabilities',
    'Request a binary segmentation or a label map, or choose another model.',
  ),
  'segmentation-unreadable': error(
    422,
    'The segmentation cannot be read',
    'Export it uncompressed, or with lossless compression (RLE, JPEG, JPEG-LS, JPEG 2000).',
  ),
  'store-refused': error(
    502,
    'The archive refused to store the result',
    'Check that the archive accepts Segmentation objects over STOW-RS and has free space.',
  ),
  'store-too-large': error(
    502,
    'The result is larger than the archive accepts',
    'Raise the request limit of the archive or of the proxy in front of it, or request fewer targets at once.',
  ),
  'store-conflict': error(
    502,
    'The archive holds another object under the UID of the result',
    'Run the job again; it will store its result under a new UID.',
  ),
  'store-not-verified': passing(
    502,
    'The stored result differs from what was sent',
    "Check the archive's log; the result does not count as stored.",
  ),
  'result-missing': error(
    404,
    'The job has no such result',
    'Wait until the job has ended, or choose one that found something.',
  ),
  'result-deleted': error(410, 'The result was deleted', 'Run the job again; its record keeps the findings.'),
  'result-not-in-archive': error(
    404,
    'The archive no longer holds the result',
    'Run the job again, or look for the result in another archive.',
  ),
  'archive-cannot-delete': error(
    501,
    'This archive cannot delete objects on request',
    'Delete the series in the archive. If the archive is an Orthanc, set PROMPTSEG_ORTHANC_URL.',
  ),
  'segment-not-found': error(404, 'The result has no such segment', 'Use the segmentNumber of one of the findings.'),
  'finding-not-found': error(
    404,
    'The job has no such finding',
    'Count the findings from 0; a job has findings once it has completed.',
  ),
  'edit-unsuitable': error(
    422,
    'The edited segmentation does not belong to the result',
    'Edit the stored result in the viewer, on its own images, and store it again.',
  ),
  'edit-empty': error(422, 'The edited segmentation is empty', 'Keep at least one voxel, or delete the result.'),
  'edit-without-change': error(
    409,
    'Nothing was changed',
    'Edit a segment first; an unchanged result is not stored again.',
  ),
  'upload-too-large': error(413, 'The upload is too large', 'Export fewer segments at once.'),
  'answers-busy': passing(503, 'Too many pictures, exports and edits at once', 'Try again in a few seconds.'),
  'answer-interrupted': passing(
    500,
    'The request could not be completed',
    'Try again. If it fails again, the series may need more memory than the server has.',
  ),
  'study-not-found': error(
    404,
    'No such study',
    'Check the Study Instance UID, and that the study was sent to this archive.',
  ),
  'series-not-found': error(404, 'No such series', 'Check the Series Instance UID, and that it belongs to this study.'),
  'series-without-images': error(
    422,
    'The series contains no images',
    'Choose a series of CT, MR or PET images, of radiographs for presentation, or of still pictures.',
  ),
  'instance-unreadable': error(
    422,
    'An instance of the series cannot be read',
    'Send the series to the archive again from its source.',
  ),
  'transfer-syntax-unsupported': error(
    422,
    'The compression of the images is not supported',
    'Let the archive convert the series to a common transfer syntax such as Explicit VR Little Endian.',
  ),
  'pixel-format-unsupported': error(
    422,
    'The pixel format is not supported',
    'Choose a series of greyscale images of 8, 16 or 32 bits.',
  ),
  'sop-class-unsupported': error(
    422,
    'Images of this kind cannot be read',
    'Choose a series of CT, MR or PET images, of radiographs for presentation, or of still pictures.',
  ),
  'image-kind-unsupported': error(
    422,
    'The images are neither slices of the body nor single still images',
    'Choose the series with the slices themselves, one per image; for single images, still ones made for ' +
      'presentation; for slides, a bright-field one in a single plane of focus.',
  ),
  'photometric-unsupported': error(
    422,
    'The images are not greyscale',
    'Choose a series of greyscale CT, MR or PET images.',
  ),
  'geometry-missing': error(
    422,
    'The images have no position information',
    'Send the series to the archive again from its source. Anonymisation may have removed the geometry.',
  ),
  'volume-needed': error(
    422,
    'This needs a volume of slices',
    'Request only the segmentation; for single images it refers to the image.',
  ),
  'slide-needed': error(
    422,
    'Only a whole slide has regions',
    'Leave out the region, or choose a series of whole-slide microscopy (SM).',
  ),
  'slide-level-needed': error(
    422,
    'The region does not say which level its pixels are of',
    'Name the level as the stack (GET /api/v1/studies/…/series/…/stacks lists them), or give the region in mm.',
  ),
  'slide-region-outside': error(
    422,
    'The region is outside the slide',
    'Choose a region within the total pixel matrix in the details.',
  ),
  'slide-region-too-large': error(422, 'The region has too many pixels', 'Choose a smaller region or a coarser level.'),
  'slide-needs-archive': error(
    422,
    'Whole slides are read from an archive only',
    'Store the slide in the archive, and use --study and --series.',
  ),
  'image-too-large': error(
    422,
    'The series is too large',
    'Choose a series with fewer or smaller images, such as a reconstruction with thicker slices.',
  ),
  'series-incomplete': passing(
    502,
    'The archive does not deliver the whole series',
    'Wait until the series has arrived completely, then try again. If it happens every time, check the ' +
      "archive's log.",
  ),
  'series-listed-twice': error(
    409,
    'The archive lists the series twice',
    'In the archive, delete the copy of the study that is filed under the wrong patient.',
  ),
  'series-mixed': error(
    422,
    'The images do not belong to one series',
    "Check the archive's copy of the series, and send it again from its source.",
  ),
  'frames-of-reference-mixed': error(
    422,
    'The images have different frames of reference',
    'Choose a series from a single acquisition.',
  ),
  'sizes-mixed': error(422, 'The images differ in size or pixel spacing', 'Choose a series with images of one size.'),
  'orientations-mixed': error(
    422,
    'The images are not parallel',
    'Choose a series of parallel slices; localizers often contain several orientations.',
  ),
  'slices-duplicate': error(
    422,
    'Several images show the same slice',
    'Choose a series of a single phase, echo or time point, or let the scanner or archive split it.',
  ),
  'slices-missing': error(
    422,
    'Slices are missing',
    'Send the whole series to the archive again from its source, or choose one with contiguous slices.',
  ),
  'slices-uneven': error(422, 'The slices are not evenly spaced', 'Choose a reconstruction with even spacing.'),
  'stack-not-found': error(
    422,
    'The series has no such stack of slices',
    'Choose one of the stacks in the details, or leave out the stack.',
  ),
  'port-in-use': error(503, 'The port is in use', 'Stop the other program, or choose another port with --port.'),
  'server-unreachable': passing(
    503,
    'The Promptseg server does not respond',
    'Start it with `promptseg serve` or `npm run demo`, or give its address with --server.',
  ),
  'data-folder-in-use': error(
    503,
    'The data folder is in use',
    'Stop the other server, or give this one its own folder with --data.',
  ),
  'database-unreachable': passing(
    503,
    'The database does not respond',
    'Check that the PostgreSQL server of DATABASE_URL is running and accepts this user.',
  ),
  'database-newer': error(
    503,
    'The database belongs to a newer version of Promptseg',
    'Update Promptseg on this machine.',
  ),
  'database-not-empty': error(
    409,
    'The database is already in use',
    'Name an empty database; details.tables lists the tables with data.',
  ),
  'prompt-not-understood': error(
    422,
    'The prompt was not understood',
    "Use one of the nearest targets in the details, or search the model's vocabulary.",
  ),
  'prompt-partly-understood': error(
    422,
    'Only a part of the prompt was understood',
    'Correct or leave out the rest, or allow a part: --allow-partial on the command line, "allowPartial": true in a ' +
      'request.',
  ),
  'name-ambiguous': error(422, 'The name means several structures', 'Name one of them.'),
  'box-unsuitable': error(
    422,
    'The box does not fit the images',
    'Draw the box on a plane of these images, around what is to be marked.',
  ),
  'click-unsuitable': error(
    422,
    'The click, scribble or lasso does not fit the images',
    'Click or draw inside these images, on what is to be added or taken away.',
  ),
  'draft-not-found': error(404, 'There is no such draft', 'Begin to correct the result again.'),
  'draft-changed': error(409, 'The draft was changed meanwhile', 'Look at it again, then accept it.'),
  'draft-empty': error(
    409,
    'The draft has no click, scribble or lasso',
    'Click or draw on what is to be added or taken away, or discard the draft.',
  ),
  'draft-full': error(
    409,
    'The draft has too many clicks, scribbles or lassos',
    'Accept it, and go on with the corrected result.',
  ),
  'body-part-not-served': error(
    422,
    'The model is made for another body part',
    'Choose a series of the right body part. If the series states its body part wrongly, run it anyway: set ' +
      '"anyway" in the request or rule, or --anyway on the command line.',
  ),
  'modality-not-served': error(
    422,
    'No model serves this modality',
    'Choose a series in a modality that an installed model supports.',
  ),
  'model-not-found': error(
    404,
    'No such model',
    'List the installed models with GET /api/v1/models or `promptseg models`.',
  ),
  'rule-invalid': error(
    422,
    'The rule is not valid',
    'Correct the places named in the details; see docs/administer/routing.md. The stored rules are unchanged.',
  ),
  'rule-not-found': error(404, 'No such rule', 'List the rules with GET /api/v1/rules or `promptseg rules list`.'),
  'rule-exists': error(
    409,
    'A rule with this name exists',
    'Choose another name, or change the existing rule with PUT.',
  ),
  'rule-changed': error(
    412,
    'Somebody else has changed the rule',
    'Read the rule again, compare the changes, and send yours again.',
  ),
  'rule-of-file': error(
    409,
    'The rule is defined in a file',
    'Change it in the file of PROMPTSEG_RULES_FILE; the server picks up changes within seconds.',
  ),
  'rule-too-wide': error(
    409,
    'The rule matches everything',
    'Add conditions. If you want it to match everything, confirm with everySeries: true in the rule or ' +
      'confirm=true in the address.',
  ),
  'backfill-not-found': error(404, 'No such backfill', 'List the backfills with GET /api/v1/rules/backfills.'),
  'backfill-ended': error(409, 'The backfill has already ended', 'No action needed.'),
  'series-not-parked': error(404, 'The series is not parked', 'List the parked series with GET /api/v1/rules/parked.'),
  'prior-not-found': error(
    404,
    'There is no earlier series to compare with',
    'The details say why series were left out. Name one with --prior, or send the earlier study to this archive.',
  ),
  'prior-unsuitable': error(
    422,
    'The series cannot serve as the earlier one',
    'Choose one of the series in GET /api/v1/segmentations/{id}/priors.',
  ),
  'patients-differ': error(
    422,
    'The two studies do not state the same patient',
    'Check both studies in the archive. If they are of one person, correct the patient data there.',
  ),
  'patient-unidentified': error(
    422,
    'The images do not state whose they are, or when they were made',
    'Choose a series with a Patient ID and a Study Date. Anonymisation may have removed them.',
  ),
  'comparison-unsuitable': error(
    422,
    'This job cannot be compared with an earlier study',
    'Segment the series by text, and compare that job.',
  ),
  'job-not-found': error(404, 'No such job', 'Check the job id.'),
  'job-open': error(409, 'The job has not ended', 'Wait until it ends, or cancel it first.'),
  'job-ended': error(409, 'The job has already ended', 'No action needed.'),
  'job-being-stored': error(
    409,
    'The result is already being stored',
    'Wait until the job ends, then delete the result if you do not want it.',
  ),
  'model-package-corrupt': error(
    500,
    'A model package is damaged or not valid',
    'Install the model package again from its source.',
  ),
  'model-package-unsigned': error(
    500,
    'A model package is not signed by a trusted key',
    'Install a signed package, or have this one signed (promptseg models sign).',
  ),
  'model-selftest-failed': error(
    500,
    'The model fails its self-test on this machine',
    'Try the execution provider cpu. If that fails too, install the model package again.',
  ),
  'execution-provider-unavailable': error(
    503,
    'The execution provider is not available',
    'Run promptseg doctor, which says what each one lacks, or choose the execution provider auto or cpu.',
  ),
  'gpu-install-unsupported': error(
    501,
    'There are no CUDA libraries for this installation',
    'Run `npm ci` for the versions that belong together; WebGPU needs no libraries (docs/administer/gpu.md).',
  ),
  'gpu-download-failed': error(
    502,
    'A file of the CUDA libraries could not be had',
    'Run the command again, which goes on where it stopped. Without a connection use --from with the files of ' +
      '`promptseg gpu files`.',
  ),
  'gpu-install-failed': error(
    500,
    'The CUDA libraries could not be installed',
    'Correct this and run the command again; nothing was changed.',
  ),
  'memory-insufficient': passing(
    503,
    'The job needs more memory than is available',
    'Request fewer targets, try again when less is running, or use a machine with more memory.',
  ),
  'request-invalid': error(400, 'The request is not valid', 'Correct the fields named in the details.'),
  'body-too-large': error(
    413,
    'The request is too large',
    'Send less at once: fewer or shorter prompts, or rules one by one.',
  ),
  'host-not-allowed': error(
    421,
    'This host name is not allowed',
    'Use the address that the server printed at start, or add the name to PROMPTSEG_ALLOWED_HOSTS.',
  ),
  'foreign-page': error(
    403,
    'Other web pages may not use this server',
    'Open the page on this server. Behind a proxy, pass on the Host header as the browser sent it.',
  ),
  'request-too-slow': passing(
    408,
    'The request arrived too slowly',
    'Check the network between you and the server, then send it again.',
  ),
  'too-many-streams': passing(
    429,
    'Too many live views are open',
    'Close some tabs that show Promptseg, and try again.',
  ),
  'too-many-uploads': passing(429, 'Too many uploads are open', 'Wait until the open uploads are done, and try again.'),
  'too-many-jobs': passing(
    429,
    'Too many jobs are open',
    'Wait until some of your jobs have ended, or cancel some, and try again.',
  ),
  'not-found': error(404, 'Not found', 'Check the address.'),
  cancelled: error(409, 'The job was cancelled', 'Start it again if you still need it.'),
  'worker-lost': passing(
    500,
    'The worker process ended unexpectedly',
    'The job is retried automatically. If it fails again, the image may need more memory than this machine has.',
  ),
  'worker-silent': passing(
    500,
    'The worker stopped responding',
    'The job is retried automatically. If it fails again, check the log of the worker on that host.',
  ),
  'lease-lost': passing(409, 'The job went to another worker', 'No action needed: the other worker runs the job.'),
  'memory-exhausted': error(
    500,
    'The job ran out of memory',
    'Request fewer targets, choose a series with fewer or smaller images, or use a machine with more memory.',
  ),
  'settings-file-invalid': error(
    500,
    'A settings file is not valid',
    'Correct the file at the given position, then start again.',
  ),
  'destination-unknown': error(
    422,
    'No such destination',
    'Use one of the destinations in the details, or add it to the file of PROMPTSEG_DESTINATIONS_FILE.',
  ),
  'destination-unreachable': passing(
    503,
    'The destination does not accept results at the moment',
    'Delivery is retried automatically. Check that the destination is running and that its address is correct.',
  ),
  'destination-refused': error(
    502,
    'The destination refused the results',
    "Check the destination's credentials, permissions and log, then retry the delivery.",
  ),
  'result-gone': error(
    410,
    'The source archive no longer holds the result',
    'Run the job again; its new result will be delivered.',
  ),
  'delivery-not-found': error(
    404,
    'No such delivery',
    'Check the job id and the name of the destination. A job has deliveries once it has stored a result.',
  ),
  'delivery-not-retriable': error(409, 'The delivery is under way or done', 'No action needed.'),
  'workitem-not-found': error(404, 'No such workitem', 'Check the SOP Instance UID of the workitem.'),
  'workitem-exists': error(
    409,
    'The workitem already exists',
    'Create it under another UID, or update the existing one.',
  ),
  'workitem-invalid': error(
    400,
    'The workitem is not valid',
    'Correct the attributes named in the details; see docs/administer/routing.md.',
  ),
  'workitem-conflict': error(
    409,
    'The request does not fit the state of the workitem',
    'Retrieve the workitem and check its Procedure Step State.',
  ),
  'audit-receiver-unreachable': passing(
    502,
    'A receiver of the audit trail did not accept it',
    'Nothing is lost: it is sent again. Check that the receiver is running, its address and its certificate.',
  ),
  'webhook-unanswered': passing(
    502,
    'The webhook did not accept the message',
    'The message is sent again automatically. Check that the receiver is running and returns a status from ' +
      '200 to 299.',
  ),
  'webhook-gone': error(
    410,
    'The webhook reports that it is gone',
    'Remove it from the file of PROMPTSEG_WEBHOOKS_FILE, or correct its address.',
  ),
  'handle-unknown': error(
    404,
    'The handle is not known',
    'Search again: handles belong to one account, and end when the server restarts.',
  ),
  'confirmation-unavailable': error(
    409,
    'A person must confirm this, and cannot be asked',
    'Use an agent that can ask its user (elicitation), or do it in the panel.',
  ),
  'confirmation-refused': error(409, 'The person did not confirm', 'Nothing was done. Ask the person what they want.'),
  'agent-session-over': error(404, 'The session of the agent has ended', 'Begin a new one (initialize).'),
  'too-many-agents': passing(
    429,
    'Too many sessions of agents are open',
    'Close some agents that use Promptseg, and try again.',
  ),
  internal: error(
    500,
    'Something went wrong inside Promptseg',
    'Check the server log, and report the problem with the job id.',
  ),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorTable;
