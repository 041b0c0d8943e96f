export default function (component) {
  const { data, parentElement } = component;
  const find = (name) => parentElement.querySelector(name);
  const input = find('input');
  find('.left').src = data.left; find('.right').src = data.right;
  find('.left').alt = data.left_label; find('.right').alt = data.right_label;
  find('.tag-left').textContent = data.left_label; find('.tag-right').textContent = data.right_label;
  input.setAttribute('aria-label', 'Share of ' + data.left_label + ' shown over ' + data.right_label);
  const place = () => {
    const share = Number(input.value);
    find('.clip').style.clipPath = 'inset(0 ' + (100 - share) + '% 0 0)';
    find('.line').style.left = share + '%';
    input.setAttribute('aria-valuetext', Math.round(share) + ' %');
  };
  input.oninput = place;
  place();
}
