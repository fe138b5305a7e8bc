/** Node's own `require`, which `environment.mjs` puts there. @type {(name: string) => unknown} */
export const requireOutside = Reflect.get(globalThis, 'requireOutside');
