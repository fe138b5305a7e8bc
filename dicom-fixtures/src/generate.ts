import { createShippedPhantom, shippedPhantomFolder, writePhantom } from './shippedPhantom.js';

/** Writes everything that lies in `generated/`; running it again changes nothing. */
writePhantom(await createShippedPhantom(), shippedPhantomFolder);
