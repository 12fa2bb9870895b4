"""Tencent Cloud's health dashboard: a word for every product. https://status.cloud.tencent.com"""

from collections.abc import Iterator
from typing import Annotated, Any

from bot.domain.status import Component, Health, Snapshot
from bot.feeds.assemble import distinct_components
from bot.feeds.ids import derived_id
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, all_are, demanded, has, looked_up, shaped
from bot.ports import Document, Documents, Format

_PAGE = "https://status.cloud.tencent.com"
# The summary counts Normal, Notify and Abnormal. How bad an abnormal product is it does not say; a notice need not be
# trouble at all, so that it stays unknown beside its own word.
_HEALTHS = {"normal": Health.OPERATIONAL, "abnormal": Health.DEGRADED}


class _Product(Shape):
    ProductId: Id = ""
    ProductName: Line = ""
    CurrentStatus: Text = ""


class _Category(Shape):
    CategoryName: Line = ""
    ProductList: Annotated[list[_Product], Objects] = []


class _Data(Shape):
    CategoryList: Annotated[list[_Category], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether all of it is categories of products."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:  # noqa: ARG001  # it has but one page
    """The dashboard. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "Tencent Cloud's dashboard")
    sheets = [shaped(_Data, _data(value), name) for name, value in values.items()]
    return Snapshot(
        format=FORMAT.name,
        page="Tencent Cloud",
        page_url=_PAGE,
        components=distinct_components(part for sheet in sheets for part in _components(sheet)),
        tells_incidents=False,
    )


def _data(value: object) -> Any:
    response = value.get("Response") if isinstance(value, dict) else None
    return response.get("Data") if isinstance(response, dict) else None


def _belongs(value: object) -> bool:
    return has(_data(value), "CategoryList")


def _components(sheet: _Data) -> Iterator[Component]:
    for category in sheet.CategoryList:
        for row in category.ProductList:
            health, raw = looked_up(_HEALTHS, row.CurrentStatus, Health.UNKNOWN)
            key = row.ProductId or derived_id("product", category.CategoryName, row.ProductName)
            yield Component(id=key, name=row.ProductName, health=health, group=category.CategoryName, raw_health=raw)


FORMAT = Format(
    name="tencent",
    documents=(Document(name="dashboard.json", path=""),),
    recognise=recognise,
    parse=parse,
)
