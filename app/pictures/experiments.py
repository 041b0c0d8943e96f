"""The chart of an experiment: what should be certified, over the error rate or over the number of components."""

import html

import plotly.graph_objects as go

import engine
from app.pictures.style import BRIGHT_BLUE, BRIGHT_ORANGE, GREEN, GREY, PURPLE, laid_out

_STYLES = ((BRIGHT_BLUE, "solid"), (BRIGHT_ORANGE, "dash"), (GREEN, "dot"), (PURPLE, "dashdot"))
_POWERS = {2: "100", 3: "1,000", 4: "10⁴", 5: "10⁵", 6: "10⁶"}


def chart(entry: engine.papers.Experiment, result: engine.papers.ExperimentResult) -> go.Figure:
    """Lines over gamma or over N, y in percent of the components."""
    figure = go.Figure()
    symbol = "N" if result.x_log else "γ"
    for series, (colour, dash) in zip(result.series, _STYLES, strict=False):
        figure.add_scatter(
            x=series.x, y=series.y, customdata=series.raw, name=series.name, mode="lines",
            line={"color": colour, "dash": dash, "width": 2.5},
            hovertemplate=f"{symbol} = %{{x:{',' if result.x_log else '.3f'}}}: %{{customdata:.1%}}"
            f"<extra>{html.escape(series.name)}</extra>",
        )  # fmt: skip
    for x, words in entry.marks:
        figure.add_vline(x=x, line={"color": GREY, "dash": "dot", "width": 1})
        figure.add_annotation(
            x=x, y=0.08, yref="paper", text=words, showarrow=False, xanchor="left", xshift=4,
            font={"size": 12, "color": GREY},
        )  # fmt: skip
    laid_out(
        figure, height=440, right=16, hovermode="closest", legend_more={"font": {"size": 14}},
        xaxis={"title": result.x_label, "type": "log" if result.x_log else "linear", "automargin": True},
        yaxis={"title": result.y_label, "range": [-0.02, 1.04], "tickformat": ".0%", "automargin": True},
    )  # fmt: skip
    if result.x_log:
        figure.update_xaxes(
            tickvals=[10**power for power in _POWERS], ticktext=list(_POWERS.values()), range=[1.98, 6.04]
        )
    return figure
