import "@fitos/elements";
import "@fitos/elements/sync-errors.js";
import type {} from "@fitos/elements/react.js";
import { useState } from "react";
import { createRoot } from "react-dom/client";
import { decisions, first, labels, second } from "./shared.ts";

function Page() {
  const [sync, setSync] = useState(first);
  return (
    <main>
      <sync-provider sync={sync}>
        <sync-status />
        <sync-button />
        <sync-errors
          labels={labels}
          onsync-decision={(event) => decisions.push(event.detail.decision)}
        >
          Nothing waits for you.
        </sync-errors>
      </sync-provider>
      <button type="button" onClick={() => setSync(second)}>Switch</button>
    </main>
  );
}

createRoot(document.querySelector("#app")!).render(<Page />);
