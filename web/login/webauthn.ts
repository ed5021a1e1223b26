// Passkeys (WebAuthn Level 3). A page describes one ceremony (daemon/page/passkey.hpp):
//
//   <div data-passkey="get|create" data-options="{…JSON…}" [data-autofill] hidden>
//     <input type="hidden" name="credential" form="main" disabled>
//     <button form="main" name="do" value="passkey">
//     <p data-because="cancelled|known|failed" hidden>
//
// The result goes into the hidden field and the page's own form is sent: the server sees an ordinary form.
(() => {
    type Because = "cancelled" | "known" | "failed";

    interface Descriptor {
        readonly id: string;
        readonly type: PublicKeyCredentialType;
        readonly transports?: AuthenticatorTransport[];
    }
    interface RequestOptions {
        readonly challenge: string;
        readonly rpId?: string;
        readonly timeout?: number;
        readonly userVerification?: UserVerificationRequirement;
        readonly allowCredentials?: Descriptor[];
    }
    interface CreationOptions {
        readonly rp: PublicKeyCredentialRpEntity;
        readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
        readonly challenge: string;
        readonly pubKeyCredParams: PublicKeyCredentialParameters[];
        readonly timeout?: number;
        readonly excludeCredentials?: Descriptor[];
        readonly authenticatorSelection?: AuthenticatorSelectionCriteria;
        readonly attestation?: AttestationConveyancePreference;
    }

    function bytesOf(base64url: string): ArrayBuffer {
        const text = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
        return Uint8Array.from(text, (character) => character.charCodeAt(0)).buffer;
    }

    function base64urlOf(buffer: ArrayBuffer): string {
        let text = "";
        for (const byte of new Uint8Array(buffer)) {
            text += String.fromCharCode(byte);
        }
        return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
    }

    function descriptorsOf(list: Descriptor[] | undefined): PublicKeyCredentialDescriptor[] {
        return (list ?? []).map((each) => ({ ...each, id: bytesOf(each.id) }));
    }

    function requestOf(json: string): PublicKeyCredentialRequestOptions {
        const options = JSON.parse(json) as RequestOptions;
        return { ...options, challenge: bytesOf(options.challenge), allowCredentials: descriptorsOf(options.allowCredentials) };
    }

    function creationOf(json: string): PublicKeyCredentialCreationOptions {
        const options = JSON.parse(json) as CreationOptions;
        return {
            ...options,
            challenge: bytesOf(options.challenge),
            user: { ...options.user, id: bytesOf(options.user.id) },
            excludeCredentials: descriptorsOf(options.excludeCredentials),
        };
    }

    // AuthenticationResponseJSON or RegistrationResponseJSON (§5.1); toJSON() is missing or faulty in browsers still in use.
    function textOf(credential: PublicKeyCredential): string {
        const answer = credential.response;
        const response: Record<string, unknown> = { clientDataJSON: base64urlOf(answer.clientDataJSON) };
        if (answer instanceof AuthenticatorAssertionResponse) {
            response["authenticatorData"] = base64urlOf(answer.authenticatorData);
            response["signature"] = base64urlOf(answer.signature);
            if (answer.userHandle) {
                response["userHandle"] = base64urlOf(answer.userHandle);
            }
        } else if (answer instanceof AuthenticatorAttestationResponse) {
            response["attestationObject"] = base64urlOf(answer.attestationObject);
            response["transports"] = answer.getTransports?.() ?? [];
        }
        return JSON.stringify({
            id: credential.id,
            rawId: base64urlOf(credential.rawId),
            type: credential.type,
            authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
            clientExtensionResults: credential.getClientExtensionResults(),
            response,
        });
    }

    function reasonOf(error: unknown): Because {
        const name = error instanceof DOMException ? error.name : "";
        return name === "NotAllowedError" || name === "AbortError" ? "cancelled" : name === "InvalidStateError" ? "known" : "failed";
    }

    function prepare(part: HTMLElement): void {
        const button = part.querySelector("button");
        const field = part.querySelector<HTMLInputElement>("input[name=credential]");
        const json = part.dataset["options"];
        if (!button || !field || !json) {
            return;
        }
        // The browser's autofill waits in the background until somebody presses the button.
        let waiting: AbortController | undefined;

        function send(credential: Credential | null): void {
            if (!(credential instanceof PublicKeyCredential) || !button || !field) {
                return;
            }
            field.disabled = false;
            field.value = textOf(credential);
            button.dataset["done"] = "";
            field.form?.requestSubmit(button);
        }

        function say(because: Because | undefined): void {
            for (const each of part.querySelectorAll<HTMLElement>("[data-because]")) {
                each.hidden = each.dataset["because"] !== because;
            }
        }

        async function run(): Promise<void> {
            say(undefined);
            waiting?.abort();
            try {
                send(part.dataset["passkey"] === "create"
                    ? await navigator.credentials.create({ publicKey: creationOf(json ?? "") })
                    : await navigator.credentials.get({ publicKey: requestOf(json ?? "") }));
            } catch (error) {
                say(reasonOf(error));
                void offer();
            }
        }

        async function offer(): Promise<void> {
            if (!("autofill" in part.dataset) || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) {
                return;
            }
            waiting = new AbortController();
            try {
                send(await navigator.credentials.get({ publicKey: requestOf(json ?? ""), mediation: "conditional", signal: waiting.signal }));
            } catch {
                // Nobody chose one, or the button was pressed: nothing to say.
            }
        }

        button.addEventListener("click", (event) => {
            if (!("done" in button.dataset)) {
                event.preventDefault();
                void run();
            }
        });
        part.hidden = false;
        void offer();
    }

    const parts = document.querySelectorAll<HTMLElement>("[data-passkey]");
    if (typeof PublicKeyCredential === "function" && "requestSubmit" in HTMLFormElement.prototype) {
        parts.forEach(prepare);
    } else {
        document.querySelectorAll<HTMLElement>("[data-passkey-unsupported]").forEach((each) => {
            each.hidden = false;
        });
    }
})();
