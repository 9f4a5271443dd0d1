/** `npm run manifest` writes custom-elements.json; test/manifest_test.ts holds it to the source. */
const internal = new Set();
/** What Lit and the browser call. */
const CALLED = ["render", "updated", "willUpdate", "connectedCallback", "adoptedStyleSheets"];

export default {
  globs: ["src/sync_*/sync_*.ts", "src/core/sync_element.ts", "src/issues/issue_element.ts"],
  exclude: ["**/*_test.ts"],
  litelement: true,
  // It would write the folder it was run with into package.json, a temporary one in the test.
  packagejson: false,
  plugins: [{
    name: "public-only",
    analyzePhase({ ts, node }) {
      if (!ts.isClassElement(node)) return;
      const isInternal = ts.getJSDocTags(node).some(({ tagName }) => tagName.text === "internal");
      if (isInternal) internal.add(node.name.getText());
    },
    packageLinkPhase({ customElementsManifest }) {
      const isPublic = ({ name, privacy, static: isStatic }) =>
        !name.startsWith("#") && privacy !== "private" && privacy !== "protected" && !isStatic &&
        !internal.has(name) && !CALLED.includes(name);
      // The analyzer takes files in the order in which they were read.
      customElementsManifest.modules.sort(({ path: one }, { path: other }) => one < other ? -1 : 1);
      for (const module of customElementsManifest.modules) {
        for (const declaration of module.declarations ?? []) {
          declaration.members = declaration.members?.filter(isPublic);
          declaration.attributes = declaration.attributes?.filter(isPublic);
          // Those that are documented; what a helper dispatches has no name here.
          declaration.events = declaration.events?.filter(({ name }) => name?.startsWith("sync-"));
        }
      }
    },
  }],
};
