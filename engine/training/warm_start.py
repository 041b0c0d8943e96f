"""Start a training from published weights, whose batch normalisation was folded into the convolutions."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from engine.core.errors import InvalidInput
from engine.models.architectures.pyramid_net import ConvNorm
from engine.training.base import load_weights


@torch.no_grad()
def unfold(network: nn.Module, folded: Mapping[str, Tensor], images: Tensor, name: str) -> None:
    """Load folded weights into a fresh, unfolded network, so that on `images` it computes the same in training mode.

    images: float (B, 3, H, W), typical of the training. Every normalisation layer gets the mean and spread of what its
    convolution gives there as its statistics, and undoes them with its own scale and shift, which from then on train
    as usual. Raises InvalidInput if they are not the weights of such a network; `name` is the recipe that asked.
    """
    layers = {key: module for key, module in network.named_modules() if isinstance(module, ConvNorm)}
    own = {key.removesuffix(".bias"): key for key in folded if key.endswith(".conv.bias")}
    biases = {layer.removesuffix(".conv"): folded[key].float() for layer, key in own.items()}
    rest = {key: tensor.float() for key, tensor in folded.items() if key not in own.values()}
    if biases.keys() != layers.keys():
        raise InvalidInput(f"the weights to start from do not fit {name}: give those of its first stage")
    load_weights(network, network.state_dict() | rest, name)

    def calibrate(key: str, layer: ConvNorm) -> None:
        norm = layer.norm
        assert isinstance(norm, nn.BatchNorm2d)
        norm.running_mean = norm.running_var = None  # until the first pass below has measured them
        norm.track_running_stats = False

        def measure(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            values = inputs[0].float()
            mean, variance = values.mean(dim=(0, 2, 3)), values.var(dim=(0, 2, 3), unbiased=False)
            norm.weight.copy_((variance + norm.eps).sqrt())
            norm.bias.copy_(mean + biases[key])
            norm.running_mean, norm.running_var = mean, variance
            norm.track_running_stats = True

        handles.append(norm.register_forward_pre_hook(measure))

    handles: list[torch.utils.hooks.RemovableHandle] = []
    for key, layer in layers.items():
        calibrate(key, layer)
    network.train()
    network(images)
    for handle in handles:
        handle.remove()
