/** Body parts for which a model can be made. */
export const bodyRegions = ['head', 'neck', 'trunk', 'limbs'] as const;
export type BodyRegion = (typeof bodyRegions)[number];
