"""The groups of reports in the head of a report's page."""

import pytest

from reports.display.report_groups import build_report_groups
from reports.standard_reports import BY_NAME


@pytest.mark.parametrize("name", BY_NAME)
def test_a_report_is_one_click_away_from_the_first_one_of_its_group(sign_in, ada, name):
    browser = sign_in(ada)
    (group,) = [group for group in build_report_groups(ada, BY_NAME[name], "") if group.is_current]
    page = browser.get(group.path)
    assert f'href="/admin/reports/{name}' in page.text
