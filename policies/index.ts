/** The policies of the pack, as the policy SDK takes them. */

import { policiesOf } from "./adapter";
import { RULES } from "./catalogue";

export const policies = policiesOf(RULES);
