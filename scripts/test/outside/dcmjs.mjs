import { requireOutside } from './requireOutside.mjs';

export default /** @type {{ default: unknown }} */ (requireOutside('dcmjs')).default;
