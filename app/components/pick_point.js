const PAUSE = 90;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const clamp = (v) => Math.min(1, Math.max(0, v));

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const frame = parentElement.querySelector('.frame');
  const img = frame.querySelector('img');
  const marker = frame.querySelector('.marker');
  const spoken = frame.querySelector('.spoken');
  if (img.src !== data.png) img.src = data.png;
  img.alt = data.label;
  frame.classList.toggle('pixels', data.pixels);
  frame.style.maxWidth = data.max_width ? data.max_width + 'px' : '';
  frame.setAttribute('aria-label', data.label + '. Click, or use the arrow keys; with Shift in larger steps.');

  // The picture may come back from the server while the person is already moving on: the place here is the newest.
  if (!frame.place) { frame.place = [data.x, data.y]; frame.sent = [data.x, data.y]; }
  const show = () => {
    const [x, y] = frame.place;
    marker.style.left = 100 * x + '%';
    marker.style.top = 100 * y + '%';
    spoken.textContent = Math.round(100 * x) + ' % from the left, ' + Math.round(100 * y) + ' % from the top';
  };
  const send = () => {
    clearTimeout(frame.waiting);
    const [x, y] = frame.place;
    if (x === frame.sent[0] && y === frame.sent[1]) return;
    frame.sent = [x, y];
    setStateValue('point', { x, y });
  };
  const soon = () => { clearTimeout(frame.waiting); frame.waiting = setTimeout(send, PAUSE); };
  const moveTo = (event) => {
    const box = img.getBoundingClientRect();
    frame.place = [clamp((event.clientX - box.left) / box.width), clamp((event.clientY - box.top) / box.height)];
    show();
  };
  frame.onclick = (event) => { moveTo(event); send(); };
  frame.onpointermove = (event) => {
    if (event.pointerType === 'mouse' && event.buttons & 1) { moveTo(event); soon(); }
  };
  frame.onkeydown = (event) => {
    const move = MOVES[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const many = event.shiftKey ? 5 : 1;
    frame.place = [clamp(frame.place[0] + many * move[0] * data.step_x),
                   clamp(frame.place[1] + many * move[1] * data.step_y)];
    show();
    soon();
  };
  show();
}
