'use strict';
// The page of redrl serve: sends each image on its own, a few at a time, and shows what comes back. Nothing is fetched from elsewhere.

const AT_ONCE = 4;
const MOST_WAITS = 30;
const GAIN = 8;
const MID_GREY = 128;
const WAYS = {
  'linf-budget': 'the greatest loss while no value changes by more than ε',
  'linf-minimal': 'the smallest greatest change that fools',
  'l2-budget': 'the greatest loss within a small Euclidean distance',
  'l2-minimal': 'the smallest Euclidean distance that fools',
  'sparse': 'few changed values',
  'patch': 'a changed rectangle',
  'query': 'squares tried on the victim until it errs, without its gradient',
};
const READ = {whole: 'as a whole', tiles: 'in tiles', scaled: 'scaled', padded: 'continued by its mirror image'};
const ADVICE = {
  0: 'Is redrl serve still running? Start it again and drop the image once more.',
  413: 'Save it with stronger compression or cut out a part.',
  415: 'Save it as PNG or JPEG first.',
  422: 'Open it in an image viewer to see whether it is damaged, and save it anew as PNG.',
  429: 'Others are using this server: drop the image again in a minute.',
  503: 'Drop the image again in a moment.',
};

const state = {entries: [], shown: [], chosen: false, token: '', models: null, queue: [], running: 0, abort: new AbortController()};
const $ = id => document.getElementById(id);

/** An element: its attributes, among them listeners (onclick: …), and what is inside. */
function make(tag, attributes, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...inside.filter(one => one !== null && one !== undefined));
  return element;
}

const percent = share => share >= 0.9995 ? '> 99.9 %' : share > 0 && share < 0.0005 ? '< 0.1 %'
  : (100 * share).toFixed(share < 0.1 || share > 0.995 ? 1 : 0) + ' %';
const levels = share => { const n = 255 * share; return (n < 1 ? n.toFixed(1) : n.toFixed(0)) + '/255'; };
const label = id => (state.models && state.models.labels[id]) || id;
const family = id => (state.models && state.models.families[id]) || id;
const count = (n, noun) => n + ' ' + noun + (n === 1 ? '' : 's');

// --- Words ---

/** The verdict as a sentence: "PGD or a relative, L∞ about 8/255; 97 %". */
function words(row) {
  const outcome = outcomeOf(row);
  if (outcome === 'unknown') return 'Unknown: like nothing the model has learnt; nearest is ' + label(row.nearest);
  const sure = row.confidence === null ? '' : '; ' + percent(row.confidence);
  if (outcome === 'clean') return 'Clean' + sure;
  let who = 'Attacked; by which attack is open';
  if (row.verdict in row.families && row.verdict in WAYS) {
    const members = Object.keys(row.probabilities).filter(id => family(id) === row.verdict)
      .sort((a, b) => row.probabilities[b] - row.probabilities[a]);
    who = members.length > 1 ? label(members[0]) + ' or a relative' : label(members[0] || row.verdict);
  } else if (row.verdict !== 'attacked') {
    who = label(row.verdict);
  }
  return who + strength(row) + sure;
}

function strength(row) {
  const kind = family(row.verdict);
  if (row.strength && kind.startsWith('l2')) return ', L2 about ' + row.strength.l2.estimate.toFixed(2);
  if (row.strength) return ', L∞ about ' + levels(row.strength.linf.estimate);
  return row.epsilon === null ? '' : ', ε about ' + levels(row.epsilon);
}

function outcomeOf(row) {
  return row.verdict === 'clean' || row.verdict === 'unknown' ? row.verdict : 'attacked';
}

// --- Asking ---

function headers(more) {
  return state.token ? {...more, Authorization: 'Bearer ' + state.token} : more;
}

function address(settings) {
  const query = new URLSearchParams({pictures: settings.saliency ? 'image,repaired,saliency' : 'image,repaired'});
  if (settings.saliency) query.set('saliency', 'true');
  if (settings.prior) query.set('prior', settings.prior);
  return query;
}

/** Asks about one image; where the server is busy, again after the time that it names. */
async function ask(entry, accept, query) {
  query.set('name', entry.file.name || 'pasted image');
  for (let tries = 0; ; tries++) {
    let answer;
    try {
      answer = await fetch('/api/v1/identify?' + query, {
        method: 'POST', body: entry.file, signal: entry.signal,
        headers: headers({'Content-Type': 'application/octet-stream', Accept: accept}),
      });
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      throw {status: 0, detail: 'The server cannot be reached.'};
    }
    if (answer.ok) return answer;
    const problem = await answer.json().catch(() => ({detail: 'The server answered with status ' + answer.status + '.'}));
    if ((answer.status === 429 || answer.status === 503) && tries < MOST_WAITS) {
      await pause(1000 * (Number(answer.headers.get('Retry-After')) || 1), entry.signal);
      continue;
    }
    throw {status: answer.status, detail: problem.detail};
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => { clearTimeout(timer); reject(new DOMException('', 'AbortError')); }, {once: true});
  });
}

async function work(entry) {
  try {
    const answer = await ask(entry, 'application/json', address(entry.settings));
    entry.answer = await answer.json();
    entry.row = entry.answer.images[0];
    entry.state = outcomeOf(entry.row);
  } catch (error) {
    if (error.name === 'AbortError') {
      entry.state = 'cancelled';
    } else {
      entry.state = 'failed';
      entry.problem = error;
      if (error.status === 401) showToken('This is not the token of this server.');
    }
  }
}

function add(files) {
  const fresh = [...files].filter(file => file.size > 0 || file.type.startsWith('image/'));
  if (fresh.length === 0) {
    trouble('There was no file in that. Drop image files, or copy an image (not its address) and paste it.');
    return;
  }
  trouble('');
  const settings = {prior: $('prior').value, saliency: $('saliency').checked};
  for (const file of fresh) {
    const entry = {file, settings, signal: state.abort.signal, state: 'waiting', thumb: URL.createObjectURL(file)};
    state.entries.push(entry);
    state.queue.push(entry);
    $('items').append(itemOf(entry));
  }
  $('list').hidden = false;
  next();
}

function next() {
  while (state.running < AT_ONCE && state.queue.length > 0) {
    const entry = state.queue.shift();
    state.running++;
    entry.state = 'asking';
    refresh(entry);
    work(entry).finally(() => {
      state.running--;
      refresh(entry);
      if (comesFirst(entry)) {
        state.shown = [entry];
        draw();
      } else if (state.shown.includes(entry)) draw();
      next();
    });
  }
  progress();
}

/** Whether an image is to be shown unasked: it is the first of the list so far, whatever the order of the answers. */
function comesFirst(entry) {
  const [first] = state.shown;
  return !state.chosen && state.entries.includes(entry)
    && (!first || state.entries.indexOf(entry) < state.entries.indexOf(first));
}

function progress() {
  const open = state.entries.filter(entry => entry.state === 'waiting' || entry.state === 'asking').length;
  const done = state.entries.length - open;
  $('work').hidden = state.entries.length === 0;
  $('bar').max = Math.max(1, state.entries.length);
  $('bar').value = done;
  $('cancel').disabled = open === 0;
  const kinds = ['attacked', 'unknown', 'clean', 'failed', 'cancelled']
    .map(kind => [state.entries.filter(entry => entry.state === kind).length, kind])
    .filter(([n]) => n > 0).map(([n, kind]) => n + ' ' + (kind === 'failed' ? 'not read' : kind));
  $('status').textContent = (open > 0 ? done + ' of ' + count(state.entries.length, 'image') : count(done, 'image') + ' done')
    + (kinds.length > 0 ? ': ' + kinds.join(', ') : '');
}

function cancel() {
  state.abort.abort();
  state.abort = new AbortController();
  for (const entry of state.queue.splice(0)) {
    entry.state = 'cancelled';
    refresh(entry);
  }
  progress();
}

function clear() {
  cancel();
  state.entries.forEach(entry => URL.revokeObjectURL(entry.thumb));
  state.entries = [];
  state.shown = [];
  state.chosen = false;
  $('items').replaceChildren();
  $('list').hidden = true;
  progress();
  draw();
  $('choose').focus();
}

// --- The list ---

function itemOf(entry) {
  const name = entry.file.name || 'pasted image';
  const thumb = make('img', {src: entry.thumb, alt: ''});
  thumb.addEventListener('error', () => thumb.replaceWith(make('span', {class: 'thumb'})));
  entry.says = make('span', {class: 'says'});
  entry.button = make('button', {type: 'button', class: 'item', 'aria-pressed': 'false', onclick: () => show(entry, false)},
    thumb, make('span', {class: 'name', title: name}, name), entry.says);
  entry.beside = make('button', {type: 'button', class: 'beside', 'aria-pressed': 'false', title: 'Show beside the other',
    'aria-label': 'Show ' + name + ' beside the other', onclick: () => show(entry, true)}, '+');
  entry.item = make('li', {}, entry.button, entry.beside);
  refresh(entry);
  return entry.item;
}

const SAYS = {waiting: 'waits', asking: 'is being judged …', cancelled: 'cancelled'};

function refresh(entry) {
  entry.says.textContent = SAYS[entry.state] || (entry.state === 'failed' ? 'not read' : words(entry.row));
  entry.says.className = 'says ' + entry.state;
  progress();
}

/** Shows an image's result, beside the first one if wanted; a second time takes that away again. */
function show(entry, beside) {
  const [first] = state.shown;
  state.chosen = true;
  if (!beside || !first) state.shown = [entry];
  else if (state.shown[1] === entry) state.shown = [first];
  else if (first !== entry) state.shown = [first, entry];
  draw();
}

function draw() {
  for (const entry of state.entries) {
    entry.button.setAttribute('aria-pressed', String(state.shown[0] === entry));
    entry.beside.setAttribute('aria-pressed', String(state.shown[1] === entry));
  }
  $('results').className = state.shown.length > 1 ? 'two' : '';
  $('results').replaceChildren(...state.shown.map(resultOf));
}

// --- A result ---

function resultOf(entry) {
  const name = entry.file.name || 'pasted image';
  if (!entry.row) {
    const problem = entry.problem;
    return make('article', {class: 'result', 'aria-label': name}, make('h2', {}, name),
      make('p', {class: 'verdict ' + entry.state}, problem ? 'Not read' : SAYS[entry.state]),
      problem ? make('p', {}, problem.detail) : null,
      problem && ADVICE[problem.status] ? make('p', {}, ADVICE[problem.status]) : null);
  }
  const row = entry.row;
  const outcome = outcomeOf(row);
  const marks = {clean: '✓', attacked: '⚠', unknown: '?'};
  return make('article', {class: 'result', 'aria-label': name}, make('h2', {}, name),
    make('p', {class: 'verdict ' + outcome, 'data-mark': marks[outcome]}, words(row)),
    meaning(row, outcome),
    pictures(entry),
    make('div', {class: 'evidence'}, probabilities(row), facts(row), remarks(row)),
    downloads(entry));
}

function meaning(row, outcome) {
  if (outcome === 'clean') {
    return make('p', {}, 'No trace of an attack is seen. Changes of a grey level or two, or those before a JPEG, leave none.');
  }
  const way = WAYS[family(row.verdict)];
  return way ? make('p', {}, 'Its family, ' + label(family(row.verdict)) + ', looks for ' + way + '.') : null;
}

function pictures(entry) {
  const row = entry.row;
  const shown = row.pictures;
  const parts = [];
  if (shown.repaired) parts.push(beforeAfter(entry), perturbation(entry));
  else if (shown.image) parts.push(plain(entry, 'image', 'The image'));
  if (shown.saliency) parts.push(plain(entry, 'saliency', 'Pixels that target the victim'));
  return make('div', {class: 'pictures'}, ...parts);
}

function stage(row, ...layers) {
  return make('div', {class: 'stage' + (row.width < 300 ? ' small' : '')}, ...layers, boxOf(row));
}

function boxOf(row) {
  if (!row.box) return null;
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const box = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  svg.setAttribute('viewBox', `0 0 ${row.width} ${row.height}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  for (const [name, value] of Object.entries({x: row.box.left, y: row.box.top, width: row.box.width, height: row.box.height})) {
    box.setAttribute(name, value);
  }
  svg.append(box);
  return svg;
}

function plain(entry, kind, title) {
  const picture = make('img', {src: entry.row.pictures[kind], alt: title + ' of ' + entry.row.image});
  return make('figure', {}, stage(entry.row, picture), make('figcaption', {}, title + '. ', save(entry, kind, () => entry.row.pictures[kind])));
}

function beforeAfter(entry) {
  const row = entry.row;
  const after = make('img', {class: 'top', src: row.pictures.repaired, alt: 'The image repaired'});
  const line = make('div', {class: 'line'});
  const at = value => {
    after.style.clipPath = `inset(0 0 0 ${value}%)`;
    line.style.left = value + '%';
  };
  const range = make('input', {type: 'range', min: 0, max: 100, value: 50, 'aria-label': 'How much of the image is shown before it is repaired',
    oninput: event => at(event.target.value)});
  at(50);
  return make('figure', {},
    stage(row, make('img', {src: row.pictures.image, alt: 'The image as it was sent'}), after, line),
    make('div', {class: 'slider'}, 'repaired', range, 'image'),
    make('figcaption', {}, 'The image (left) and repaired (right). ', save(entry, 'image', () => row.pictures.image), ' · ',
      save(entry, 'repaired', () => row.pictures.repaired)));
}

function perturbation(entry) {
  const row = entry.row;
  const canvas = make('canvas', {role: 'img', 'aria-label': 'The estimated perturbation, magnified'});
  const shown = make('output', {}, '×' + GAIN);
  const range = make('input', {type: 'range', min: 0, max: 6, step: 0.5, value: Math.log2(GAIN), 'aria-label': 'How many times the perturbation is magnified'});
  const ready = Promise.all([pixels(row.pictures.image), pixels(row.pictures.repaired)]);
  const paint = () => {
    const gain = Math.round(2 ** Number(range.value));
    shown.textContent = '×' + gain;
    range.setAttribute('aria-valuetext', gain + ' times');
    return ready.then(([image, repaired]) => magnify(canvas, image, repaired, row, gain));
  };
  range.addEventListener('input', paint);
  paint();
  return make('figure', {},
    stage(row, canvas),
    make('div', {class: 'slider'}, 'gain', range, shown),
    make('figcaption', {}, 'Estimated perturbation, grey where nothing changed. ', save(entry, 'perturbation', () => canvas.toDataURL('image/png'))));
}

async function pixels(uri) {
  const picture = new Image();
  picture.src = uri;
  await picture.decode();
  const canvas = make('canvas', {width: picture.naturalWidth, height: picture.naturalHeight});
  const context = canvas.getContext('2d', {willReadFrequently: true});
  context.drawImage(picture, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** I − G(I) as redrl has it: cut off at ±ε where that is known, and outside of the box. */
function magnify(canvas, image, repaired, row, gain) {
  const most = row.epsilon === null ? 255 : Math.max(1, Math.round(255 * row.epsilon));
  const {width, height} = image;
  const result = new ImageData(width, height);
  const box = row.box;
  for (let i = 0; i < image.data.length; i += 4) {
    const x = (i / 4) % width, y = Math.floor(i / 4 / width);
    const inside = !box || (x >= box.left && x < box.left + box.width && y >= box.top && y < box.top + box.height);
    for (let c = 0; c < 3; c++) {
      const change = inside ? Math.max(-most, Math.min(most, image.data[i + c] - repaired.data[i + c])) : 0;
      result.data[i + c] = MID_GREY + gain * change;
    }
    result.data[i + 3] = 255;
  }
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d').putImageData(result, 0, 0);
}

function bars(chances, said) {
  const list = make('dl', {class: 'bars'});
  for (const [id, chance] of chances) {
    const fill = make('div', {class: 'fill'});
    fill.style.width = (100 * chance) + '%';
    list.append(make('dt', {class: said(id) ? 'said' : null}, label(id)),
      make('dd', {class: 'track', 'aria-hidden': 'true'}, fill), make('dd', {}, percent(chance)));
  }
  return list;
}

function probabilities(row) {
  const families = Object.entries(row.families);
  const classes = Object.entries(row.probabilities).sort((a, b) => b[1] - a[1]);
  const said = id => id === row.verdict || id === family(row.verdict);
  const set = row['prediction-set'];
  return make('section', {'aria-label': 'Probabilities'}, make('h3', {}, 'Probabilities'),
    bars(families.length > 0 ? families : classes, said),
    families.length > 0 ? make('details', {}, make('summary', {}, 'By algorithm'),
      bars(classes.filter(([, chance]) => chance >= 0.005), said)) : null,
    set.length > 0 ? make('p', {class: 'hint'}, set.length === 1
      ? 'In 95 of 100 cases it is ' + label(set[0]) + ', nothing else.'
      : 'In 95 of 100 cases it is one of these: ' + set.map(label).join('; ') + '.') : null);
}

function facts(row) {
  const list = make('dl', {class: 'facts'});
  const fact = (name, ...what) => list.append(make('dt', {}, name), make('dd', {}, ...what));
  fact('attacked by anything', percent(row.attacked));
  if (row.strength) {
    const {linf, l2} = row.strength;
    fact('strength', `L∞ ${levels(linf.estimate)} (${levels(linf.low)} to ${levels(linf.high)}), L2 ${l2.estimate.toFixed(2)} (${l2.low.toFixed(2)}`
      + ` to ${l2.high.toFixed(2)}), in 90 of 100 cases`);
    const [one, few, many] = row.strength.steps;
    fact('steps (a trial)', `one ${percent(one)}, two to ten ${percent(few)}, more ${percent(many)}`);
  }
  if (row.epsilon !== null) fact('ε', levels(row.epsilon));
  if (row.box) fact('where', `${row.box.width}×${row.box.height} pixels at column ${row.box.left}, row ${row.box.top}`);
  if (row.victim) {
    const {name, before, after} = row.victim;
    fact('victim ' + name, `${before.name}, ${percent(before.probability)}`);
    if (after) {
      fact('of the repaired image', make('span', {class: after.label === before.label ? null : 'changes'},
        `${after.name}, ${percent(after.probability)}`), after.label === before.label ? ': the same' : ': it changes its mind');
    }
  }
  if (row.suspects.length > 0) fact('suspected', row.suspects.join(', '));
  if (row.saliency) {
    fact('filters targeted', row.saliency.filters.slice(0, 8).map(one => `${one.layer}/${one.filter} (${one.standardised.toFixed(1)}σ)`).join(', '));
  }
  fact('size', `${row.width}×${row.height}, read ${READ[row.reading.how] || row.reading.how}`
    + (row.reading.tiles > 1 ? ` (${row.reading.tiles} of ${row.reading['tiles-in-all']})` : ''));
  return make('section', {'aria-label': 'Evidence'}, make('h3', {}, 'Evidence'), list);
}

function remarks(row) {
  return row.remarks.length === 0 ? null : make('section', {'aria-label': 'Before you believe it'}, make('h3', {}, 'Before you believe it'),
    make('ul', {class: 'remarks'}, ...row.remarks.map(remark => make('li', {}, remark))));
}

// --- Downloads ---

function stem(entry) {
  return (entry.file.name || 'image').replace(/\.[^.]*$/, '').replace(/[^\p{L}\p{N}._-]+/gu, '_') || 'image';
}

function download(name, href) {
  const link = make('a', {href, download: name});
  document.body.append(link);
  link.click();
  link.remove();
}

function downloadText(name, type, text) {
  const href = URL.createObjectURL(new Blob([text], {type}));
  download(name, href);
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

function save(entry, kind, uri) {
  return make('a', {href: '#', role: 'button', onclick: event => {
    event.preventDefault();
    download(`${stem(entry)}-${kind}.png`, uri());
  }}, 'Save ' + (kind === 'image' ? 'image' : kind));
}

function downloads(entry) {
  const page = make('button', {type: 'button', onclick: async () => {
    page.disabled = true;
    try {
      const again = {...entry, signal: state.abort.signal};
      const query = address(entry.settings);
      query.delete('pictures');
      downloadText(stem(entry) + '.html', 'text/html', await (await ask(again, 'text/html', query)).text());
    } catch (error) {
      if (error.name !== 'AbortError') trouble(error.detail);
    } finally {
      page.disabled = false;
    }
  }}, 'Page (HTML)');
  const json = make('button', {type: 'button', onclick: () => downloadText(stem(entry) + '.json', 'application/json',
    JSON.stringify({...entry.answer, images: entry.answer.images.map(row => ({...row, pictures: {}}))}, null, 2) + '\n')}, 'Result (JSON)');
  return make('section', {'aria-label': 'Download'}, make('h3', {}, 'Download'), make('div', {class: 'row'}, json, page));
}

// --- The door ---

function trouble(text) {
  $('trouble').textContent = text;
  $('trouble').hidden = text === '';
}

function showToken(text) {
  $('token-form').hidden = false;
  trouble(text);
  $('token').focus();
}

/** Files of what was dropped, folders to the bottom. */
async function dropped(transfer) {
  const entries = [...transfer.items].filter(item => item.kind === 'file').map(item => item.webkitGetAsEntry && item.webkitGetAsEntry());
  if (entries.every(entry => !entry || entry.isFile)) return [...transfer.files];
  const files = [];
  const walk = async entry => {
    if (entry.isFile) {
      files.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) return;
      for (const one of some) await walk(one);
    }
  };
  for (const entry of entries.filter(Boolean)) await walk(entry);
  return images(files);
}

const images = files => [...files].filter(file => file.type.startsWith('image/') || /\.(tiff?|bmp|webp)$/i.test(file.name));

async function open() {
  let answer;
  try {
    answer = await fetch('/api/v1/models', {headers: headers({})});
  } catch {
    trouble('The server cannot be reached. ' + ADVICE[0]);
    return;
  }
  if (answer.status === 401) {
    showToken(state.token ? 'This is not the token of this server.' : '');
    return;
  }
  if (answer.status === 503) {
    trouble('The models are being opened …');
    setTimeout(open, 500);
    return;
  }
  if (!answer.ok) {
    trouble('The server has a problem: ' + ((await answer.json().catch(() => ({}))).detail || answer.status));
    return;
  }
  trouble('');
  $('token-form').hidden = true;
  state.models = await answer.json();
  const {limits} = state.models;
  $('limits').textContent = `PNG, JPEG, GIF, BMP, WebP or TIFF, each of at most ${Math.floor(limits.bytes / (1 << 20))} MB and `
    + `${(limits.pixels / 1e6).toFixed(0)} million pixels.`;
  $('notes').textContent = `Judged by ${state.models.recogniser}. ${state.models.notes.join(' ')}`;
  $('saliency').disabled = !state.models['tells-saliency'];
  $('prior').disabled = !state.models['takes-prior'];
  state.entries.filter(entry => entry.row).forEach(refresh);
  draw();
}

$('choose').addEventListener('click', () => $('files').click());
$('choose-folder').addEventListener('click', () => $('folder').click());
$('files').addEventListener('change', event => { add(event.target.files); event.target.value = ''; });
$('folder').addEventListener('change', event => { add(images(event.target.files)); event.target.value = ''; });
$('cancel').addEventListener('click', cancel);
$('clear').addEventListener('click', clear);
$('token-form').addEventListener('submit', event => { event.preventDefault(); state.token = $('token').value.trim(); open(); });
document.addEventListener('paste', event => {
  if (event.target.id === 'token') return;
  add(event.clipboardData.files);
});
document.addEventListener('dragover', event => { event.preventDefault(); $('drop').classList.add('over'); });
document.addEventListener('dragleave', event => { if (!event.relatedTarget) $('drop').classList.remove('over'); });
document.addEventListener('drop', async event => {
  event.preventDefault();
  $('drop').classList.remove('over');
  add(await dropped(event.dataTransfer));
});
$('items').addEventListener('keydown', event => {
  const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
  const kind = step && ['item', 'beside'].find(name => event.target.classList.contains(name));
  if (!kind) return;
  event.preventDefault();
  const all = [...$('items').querySelectorAll('.' + kind)];
  const other = all[all.indexOf(event.target) + step];
  if (other) other.focus();
});
open();
