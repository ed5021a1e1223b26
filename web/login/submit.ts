// The form_post page sends itself. Plain enough for any browser: a person without script presses the button.
(() => {
    const form = document.getElementById("main");
    if (form instanceof HTMLFormElement) {
        form.submit();
    }
})();
