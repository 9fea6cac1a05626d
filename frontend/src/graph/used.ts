/** Parameters that a node does not use, because of what the others say: those of a mode that is not chosen. */

import type { GraphNode, Parameter, Value } from "./graph";

/** A parameter that keeps another one from being used, and its value. */
export interface Obstacle {
  readonly parameter: Parameter;
  readonly value: Value;
}

/**
 * What keeps a parameter of a node from being used; null if it is used.
 *
 * One that has a value from elsewhere, such as from callers of a web service, keeps none from it.
 */
export function obstacleOf(node: GraphNode, parameter: Parameter, fromElsewhere: (parameter: string) => boolean): Obstacle | null {
  for (const other of node.declared) {
    const values = parameter.used_if[other.name];
    const value = node.parameters[other.name] ?? other.default;
    if (values && !values.includes(value) && !fromElsewhere(other.name)) return { parameter: other, value };
  }
  return null;
}
