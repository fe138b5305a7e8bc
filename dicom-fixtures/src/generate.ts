import { createShippedPhantom, shippedPhantomFolder, writePhantom } from './shippedPhantom.js';

/** Writes everything in `generated/`; running it again changes nothing. */
writePhantom(await createShippedPhantom(), shippedPhantomFolder);
