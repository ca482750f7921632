// Keeps the values of a form for the next visit.

/** @typedef {HTMLInputElement | HTMLSelectElement} Field */

/**
 * Fills the form with the kept values, and keeps changes.
 * @param {HTMLFormElement} form
 * @param {string} name to keep it under
 */
export function keepForm(form, name) {
    const orNothing = (/** @type {() => void} */ use) => {
        try {
            use();
        } catch {
            // the browser keeps nothing for this page
        }
    };
    orNothing(() => fill(fieldsOf(form), JSON.parse(localStorage.getItem(name) ?? '{}')));
    form.addEventListener('input', () => orNothing(() => localStorage.setItem(name, JSON.stringify(formValues(form)))));
}

/** The values of a form. @param {HTMLFormElement} form */
export const formValues = (form) => valuesOf(fieldsOf(form));

/** Sets the values of formValues, as if the user had chosen them. @param {HTMLFormElement} form @param {Record<string, string | boolean>} values */
export function fillForm(form, values) {
    fill(fieldsOf(form), values);
    form.dispatchEvent(new Event('input'));
}

/** @param {HTMLFormElement} form */
const fieldsOf = (form) => /** @type {Field[]} */ ([...form.elements].filter((each) => /** @type {Field} */ (each).name));

/** @param {Field} field */
const isTick = ({ type }) => type === 'checkbox' || type === 'radio';

/** @param {Field[]} fields */
function valuesOf(fields) {
    /** @type {Record<string, string | boolean>} */
    const values = {};
    for (const field of fields) {
        const isOn = isTick(field) && /** @type {HTMLInputElement} */ (field).checked;
        if (field.type === 'checkbox') values[field.name] = isOn;
        else if (field.type !== 'radio' || isOn) values[field.name] = field.value;
    }
    return values;
}

/** Values that a select does not have are ignored. @param {Field[]} fields @param {Record<string, string | boolean>} values */
function fill(fields, values) {
    for (const field of fields) {
        const value = values[field.name];
        if (value === undefined) continue;
        if (isTick(field)) /** @type {HTMLInputElement} */ (field).checked = value === (field.type === 'checkbox' || field.value);
        else if (!(field instanceof HTMLSelectElement) || [...field.options].some((option) => option.value === value))
            field.value = String(value);
    }
}
