'use strict';
// The OpenAPI document as a page.

function make(tag, attributes, ...inside) {
  const element = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  element.append(...inside.filter(one => one !== null && one !== undefined));
  return element;
}

function table(head, rows) {
  return make('div', {class: 'scroll'}, make('table', {},
    make('thead', {}, make('tr', {}, ...head.map(text => make('th', {scope: 'col'}, text)))),
    make('tbody', {}, ...rows.map(([name, ...rest]) => make('tr', {},
      make('th', {scope: 'row'}, make('code', {}, name)), ...rest.map(text => make('td', {}, text)))))));
}

function typeOf(schema) {
  if (schema.$ref) return schema.$ref.replace(/.*\//, '');
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.enum) return schema.enum.join(', ');
  if (schema.type === 'array') return 'list of ' + typeOf(schema.items);
  if (schema.type === 'object' && schema.properties) return Object.keys(schema.properties).join(', ');
  if (schema.additionalProperties) return typeOf(schema.additionalProperties) + ' by name';
  return [].concat(schema.type || 'anything').join(' or ');
}

function operation(method, path, what) {
  return make('section', {class: 'panel', 'aria-label': what.summary},
    make('h2', {}, make('code', {}, method.toUpperCase() + ' ' + path)),
    make('p', {}, what.summary + '.'),
    what.description ? make('p', {}, what.description) : null,
    what.parameters ? make('h3', {}, 'Parameters') : null,
    what.parameters ? table(['name', 'type', 'meaning'], what.parameters.map(one => [one.name, typeOf(one.schema), one.description])) : null,
    what.requestBody ? make('p', {class: 'hint'}, 'Body: ' + Object.keys(what.requestBody.content).join(', ')) : null,
    make('h3', {}, 'Answers'),
    table(['status', 'meaning', 'form'], Object.entries(what.responses).map(([status, one]) =>
      [status, one.description, Object.keys(one.content || {}).join(', ')])));
}

async function open() {
  const api = await (await fetch('/api/v1/openapi.json')).json();
  document.getElementById('about').textContent = api.info.description;
  document.querySelectorAll('.origin').forEach(one => { one.textContent = location.origin; });
  const parts = [];
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, what] of Object.entries(methods)) parts.push(operation(method, path, what));
  }
  for (const [name, schema] of Object.entries(api.components.schemas)) {
    parts.push(make('section', {class: 'panel', 'aria-label': name}, make('h2', {}, name), make('p', {}, schema.description + '.'),
      table(['key', 'type', 'meaning'], Object.entries(schema.properties).map(([key, one]) => [key, typeOf(one), one.description || '']))));
  }
  document.getElementById('operations').replaceChildren(...parts);
}

open();
