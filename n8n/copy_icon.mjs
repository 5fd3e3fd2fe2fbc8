// n8n looks for the icon beside the compiled nodes and credentials.
import { copyFileSync } from "node:fs";

for (const folder of ["credentials", "nodes/Leadwell"]) copyFileSync("leadwell.svg", `dist/${folder}/leadwell.svg`);
