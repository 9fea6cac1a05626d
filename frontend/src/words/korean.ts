/** All that is said in Korean. Only pages in Korean load it. */

import { ko } from "./ko";
import { LABELS } from "./library_ko";
import { SAMPLES } from "./samples_ko";
import server from "./server_ko.json";
import type { Korean } from "./words";

export const korean: Korean = { words: ko, labels: { ...LABELS, ...SAMPLES }, server };
