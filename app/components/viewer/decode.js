// The packed view -> typed arrays, pictures and a few tables.
const ARRAYS = { uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, int16: Int16Array,
                 float32: Float32Array };

const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

const unpacked = async ({ type, data }) => {
  const stream = new Blob([bytesOf(data)]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new ARRAYS[type](await new Response(stream).arrayBuffer());
};

const blank = (width, height) => Object.assign(document.createElement('canvas'), { width, height });

const pictureOf = async (png, width, height) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + png;
  await image.decode();
  const canvas = blank(width, height);
  canvas.getContext('2d').drawImage(image, 0, 0);
  return canvas;
};

const layerOf = async (sent, data) => {
  const { width, height } = data;
  const layer = { ...sent, canvas: null, counts: null, stamp: '', space: sent.space || data.space };
  if (sent.kind === 'picture') layer.canvas = await pictureOf(sent.png, width, height);
  else layer.canvas = blank(width, height);
  if (sent.kind === 'classes') layer.labels = await unpacked(sent.labels);
  return layer;
};

const certificateOf = async (sent) => {
  const [top, level, votes, p] = await Promise.all(
    [sent.top, sent.level, sent.votes, sent.p_values].map(unpacked));
  return { ...sent, top, level, votes, p, largest: Math.max(0, ...sent.radius) };
};

const decoded = async (data) => {
  const names = Object.keys(data.certificates);
  const certificates = await Promise.all(names.map((name) => certificateOf(data.certificates[name])));
  const layers = await Promise.all(data.layers.map((layer) => layerOf(layer, data)));
  return { ...data, size: data.width * data.height, names: data.layers.map((layer) => layer.name),
           layers: Object.fromEntries(layers.map((layer) => [layer.name, layer])),
           certificates: Object.fromEntries(names.map((name, i) => [name, certificates[i]])),
           first: certificates[0] || null };
};
