// The guides, followed as a reader would follow them: files written, commands run, and the output compared with what is shown.
import { describeEngine } from "../support/engine";
import { followPage, JOURNEYS } from "../support/guide";

for (const page of JOURNEYS) {
  followPage(page, describeEngine);
}
