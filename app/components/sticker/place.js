// Where a sticker is, in whole pixels of the picture: its left column, its top row, its side.
const within = (value, low, high) => Math.min(high, Math.max(low, Math.round(value)));

const kept = ({ x, y, size }, data) => {
  const side = within(size, data.least, data.most);
  return { x: within(x, 0, data.width - side), y: within(y, 0, data.height - side), size: side };
};

// Of another side about the same middle.
const resized = ({ x, y, size }, by) => ({ x: x - by / 2, y: y - by / 2, size: size + by });

const told = ({ x, y, size }, data) =>
  `${size} × ${size} pixels at column ${x}, row ${y}: ` +
  (size > data.certified
    ? `larger than the certified ${data.certified} × ${data.certified}`
    : `within the certified ${data.certified} × ${data.certified}`);
