// What was chosen in a form is there again at the next visit.

/** @typedef {HTMLInputElement | HTMLSelectElement} Field */

/**
 * Fills the form with what was kept, and keeps what changes.
 * @param {HTMLFormElement} form
 * @param {string} name to keep it under
 */
export function keepForm(form, name) {
    try {
        fill(fieldsOf(form), JSON.parse(localStorage.getItem(name) ?? '{}'));
        form.addEventListener('input', () => localStorage.setItem(name, JSON.stringify(formValues(form))));
    } catch {
        // the browser keeps nothing
    }
}

/** What is chosen. @param {HTMLFormElement} form */
export const formValues = (form) => valuesOf(fieldsOf(form));

/** Chooses what formValues gave, as if the user had. @param {HTMLFormElement} form @param {Record<string, string | boolean>} values */
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

/** What a select has not got is passed over. @param {Field[]} fields @param {Record<string, string | boolean>} values */
function fill(fields, values) {
    for (const field of fields) {
        const value = values[field.name];
        if (value === undefined) continue;
        if (isTick(field)) /** @type {HTMLInputElement} */ (field).checked = value === (field.type === 'checkbox' || field.value);
        else if (!(field instanceof HTMLSelectElement) || [...field.options].some((option) => option.value === value))
            field.value = String(value);
    }
}
