// Runs in every page of a chaos round before the app does: shifts the clock, keeps hold of the database, presses the
// button, and tells the proxy at once what is on the screen.
(() => {
    const shift = SHIFT;
    if (shift) {
        const Real = Date;
        globalThis.Date = class extends Real {
            constructor(...given) {
                if (given.length) super(...given);
                else super(Real.now() + shift);
            }
            static now() {
                return Real.now() + shift;
            }
        };
    }

    const databases = new Set();
    const transactions = new Set();
    const { open } = IDBFactory.prototype;
    IDBFactory.prototype.open = function (...given) {
        const request = open.apply(this, given);
        request.addEventListener('success', () => {
            if (request.result.name === 'mingbai') databases.add(request.result);
        });
        return request;
    };
    const { transaction } = IDBDatabase.prototype;
    IDBDatabase.prototype.transaction = function (...given) {
        const begun = transaction.apply(this, given);
        if (!databases.has(this)) return begun;
        transactions.add(begun);
        for (const end of ['complete', 'abort']) begun.addEventListener(end, () => transactions.delete(begun));
        return begun;
    };
    // As a browser does it under pressure: what is under way is aborted; an event may come, or be missed.
    const close = (told) => {
        for (const begun of transactions) {
            try {
                begun.abort();
            } catch {
                // It has ended by itself.
            }
        }
        for (const database of databases) {
            database.close();
            if (told) database.dispatchEvent(new Event('close'));
        }
        databases.clear();
    };

    const tell = (what) => fetch('/chaos/' + what.kind, { method: 'POST', body: JSON.stringify(what), keepalive: true }).catch(() => {});
    const at = (word) => document.querySelector(`[data-test="${word}"]`);
    let pressed = null;
    // What the page said before the press is no answer to it.
    let before = null;
    let told = '';
    const look = () => {
        const receipt = at('receipt');
        // That another window was quicker is no refusal: the receipt is there.
        const refusal = at('submitted-before') ? null : document.querySelector('form .wrong-large');
        let now = null;
        if (receipt) {
            const short = at('short-number')?.innerText.replace(/\D/g, '') ?? '';
            const text = at('qr')?.dataset.text ?? '';
            // The parts of a page may change one after the other.
            if (receipt.dataset.standing === 'received' && !short) return;
            now = { kind: 'receipt', id: receipt.dataset.id, standing: receipt.dataset.standing, short, text };
        } else if (pressed && refusal && refusal !== before) {
            now = { kind: 'refused', id: pressed, why: refusal.innerText };
        }
        if (now && told !== JSON.stringify(now)) {
            told = JSON.stringify(now);
            tell(now);
        }
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });

    globalThis.chaos = {
        // For whoever looks on: a database that is never closed under its reader.
        open: (...given) => open.apply(indexedDB, given),
        // As soon as the sheet is there: both consents and the button. `closing`: when the database is closed, and whether told.
        press(id, closing) {
            told = '';
            pressed = null;
            const attempt = () => {
                const button = at('submit');
                if (!button || button.disabled || !at('consent')) return false;
                for (const consent of ['consent', 'consent-sensitive']) {
                    if (!at(consent).checked) at(consent).click();
                }
                before = document.querySelector('form .wrong-large');
                tell({ kind: 'pressed' });
                pressed = id;
                button.click();
                if (closing) setTimeout(() => close(closing.told), closing.after);
                return true;
            };
            if (attempt()) return;
            const waiting = setInterval(() => attempt() && clearInterval(waiting), 10);
        },
    };
})();
