// Small comforts of every page. Without this script the pages work the same: what needs it is hidden until it runs.
(() => {
    // A form is sent once: a second press while the answer is on its way would use the same step twice.
    const sent = new WeakSet<HTMLFormElement>();
    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (!(form instanceof HTMLFormElement) || event.defaultPrevented) {
            return;
        }
        if (sent.has(form)) {
            event.preventDefault();
            return;
        }
        sent.add(form);
        form.setAttribute("aria-busy", "true");
    });
    // Back from the browser's cache: the form may be sent again.
    window.addEventListener("pageshow", (event) => {
        if (event.persisted) {
            for (const form of document.forms) {
                sent.delete(form);
                form.removeAttribute("aria-busy");
            }
        }
    });

    for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-reveal]")) {
        const field = document.getElementById(button.dataset["reveal"] ?? "");
        if (field instanceof HTMLInputElement) {
            button.hidden = false;
            button.addEventListener("click", () => {
                const isShown = field.type === "text";
                field.type = isShown ? "password" : "text";
                button.setAttribute("aria-pressed", String(!isShown));
            });
            // Password managers and the browser's history look at the type when the form is sent.
            field.form?.addEventListener("submit", () => {
                field.type = "password";
            });
        }
    }

    for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-print]")) {
        button.hidden = false;
        button.addEventListener("click", () => window.print());
    }
})();
