/** The stages that a request passes through, in order. */
export const stages = ['retrieving', 'preparing', 'segmenting', 'encoding', 'storing', 'verifying'] as const;
export type Stage = (typeof stages)[number];
