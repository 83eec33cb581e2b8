// Analysis: the parts that compare and measure, in the order of their overlays.

import { installRatio, installRuler } from "./calipers.js";
import { installComparison } from "./compare.js";
import { installConsensus } from "./consensus_map.js";
import { installGreys } from "./grey_panel.js";
import { installLens, installScreen } from "./lens.js";
import { installPosterior } from "./posterior_panel.js";
import { installProbe } from "./probe.js";
import { installSave } from "./save.js";

/** Installs all parts. */
export function installAnalysis(/** @type {import("./app.js").App} */ app) {
  installGreys(app);
  const posterior = installPosterior(app);
  // Before the consensus, which reads the chosen object.
  installComparison(app);
  installConsensus(app);
  installRuler(app);
  installRatio(app);
  installProbe(app, [posterior]);
  installLens(app);
  installScreen(app);
  installSave(app);
}
