// One board an element; the place on it is the person's, whatever the server still answers about an earlier one.
const newBoard = (element) => {
  const board = { element, sticker: element.querySelector('.sticker'), data: null, place: null, waiting: 0 };
  board.show = () => {
    const { data, place, sticker } = board;
    Object.assign(sticker.style, {
      left: `${(100 * place.x) / data.width}%`, top: `${(100 * place.y) / data.height}%`,
      width: `${(100 * place.size) / data.width}%`, height: `${(100 * place.size) / data.height}%`,
    });
    sticker.classList.toggle('beyond', place.size > data.certified);
    element.nextElementSibling.textContent = told(place, data);
  };
  board.put = (place) => { board.place = kept(place, board.data); board.show(); };
  board.soon = (pause) => {
    clearTimeout(board.waiting);
    board.waiting = setTimeout(() => {
      const { x, y, size } = board.place, sent = JSON.stringify(board.place);
      if (sent === board.sent) return;
      board.sent = sent;
      board.send({ x, y, size });
    }, pause);
  };
  listenToKeys(board);
  listenToPointers(board);
  return board;
};

const shownAt = (image, address, label) => {
  if (image.src !== address) image.src = address;
  image.alt = label;
};

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const element = parentElement.querySelector('.board');
  const board = element.board || (element.board = newBoard(element));
  board.data = data;
  board.send = (place) => setStateValue('place', place);
  if (!board.place) {
    board.place = kept(data.place, data);
    board.sent = JSON.stringify(board.place);
  }
  shownAt(element.querySelector('.picture'), data.picture, data.label);
  shownAt(board.sticker.querySelector('img'), data.content, '');
  board.sticker.setAttribute('aria-label',
    'Sticker. Arrow keys move it, with Shift by ten pixels; plus and minus resize it.');
  board.put(board.place);
  return () => clearTimeout(board.waiting);
}
