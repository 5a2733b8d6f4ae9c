"""The administrators' desk: accounts with passwords told once, rules as sentences, what could not be taken."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.guarded import Guarded
from tests.browser.service import Service


def test_an_account_is_made_and_its_password_works(page: Page, guarded: Guarded) -> None:
    guarded.enter(page, "admin", "/")
    page.get_by_test_id("account").get_by_role("button").click()
    page.get_by_role("link", name="系统管理").click()
    page.get_by_test_id("add-account").click()
    form = page.get_by_test_id("account-form")
    form.get_by_label("用户名").fill("Chen Jing")
    form.get_by_role("button", name="生成密码并添加").click()
    expect(form.locator("[data-fault=name]")).to_contain_text("2 到 40 个")
    form.get_by_label("用户名").fill("chenjing")
    form.get_by_label("姓名").fill("陈静")
    form.get_by_role("button", name="生成密码并添加").click()
    password = page.get_by_test_id("secret").locator("code").inner_text()
    with httpx.Client(base_url=guarded.url) as client:
        body = {"name": "chenjing", "password": password}
        assert client.post("/api/v1/session", json=body).json()["role"] == "dispatcher"
        row = page.locator("[data-name=chenjing]")
        for _ in range(2):
            row.get_by_role("button").nth(1).click()
        expect(row).to_contain_text("已停用")
        assert client.post("/api/v1/session", json=body).status_code == 401
    # One's own account has no buttons to lock oneself out with.
    expect(page.locator("[data-name=admin]").get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize("name", ["viewer", "dispatcher"])
def test_who_may_not_administer_is_told_so(page: Page, guarded: Guarded, name: str) -> None:
    guarded.enter(page, name, "/admin")
    expect(page.get_by_test_id("not-yours")).to_be_visible()
    page.get_by_test_id("account").get_by_role("button").click()
    expect(page.get_by_test_id("sign-out")).to_be_visible()
    expect(page.get_by_role("link", name="系统管理")).to_have_count(0)


def test_what_a_worker_can_do_is_a_click(page: Page, service: Service) -> None:
    worker = service.http.get("/api/v1/workers").json()["features"][0]["properties"]
    assert "gas" not in worker["skills"]
    page.goto(f"{service.url}/admin?section=skills")
    chip = page.locator(f"tr[data-id='{worker['id']}']").get_by_role("button", name="燃气处置")
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    workers = service.http.get("/api/v1/workers").json()["features"]
    told = next(one["properties"] for one in workers if one["id"] == worker["id"])
    assert "gas" in told["skills"]


def test_a_rule_is_a_sentence_that_can_be_changed(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/admin?section=rules")
    rule = page.locator("[data-rule=water_two_days]")
    expect(rule).to_contain_text("用水不足 0.01 m³ 持续 48 小时 → 红，严重 3，人工关闭")
    rule.get_by_test_id("edit").click()
    form = page.get_by_test_id("rule-form")
    # Only what a rule of this type has.
    assert form.get_by_label("怎样比较").count() == 0
    window = form.get_by_label("看多长时间")
    window.fill("0.001")
    form.get_by_test_id("save").click()
    expect(form.locator("[data-fault=window_s]")).to_contain_text("一分钟到一年")
    window.fill("36")
    form.get_by_test_id("save").click()
    expect(rule.locator(".sentence")).to_contain_text("持续 36 小时")
    expect(rule).to_contain_text("dispatcher 改过")
    rule.get_by_role("switch").click()
    expect(rule.get_by_role("switch")).to_have_attribute("aria-checked", "false")
    rule.get_by_test_id("overrides-open").click()
    rule.get_by_test_id("add-override").click()
    rule.get_by_label("某一个设备").check()
    rule.get_by_role("combobox", name="搜索").fill("water_meter")
    rule.get_by_role("listbox").get_by_role("option").first.click()
    rule.get_by_label("阈值").last.fill("0.02")
    rule.get_by_role("button", name="保存").click()
    expect(rule.get_by_test_id("overrides")).to_contain_text("阈值 0.02 m³")
    told = next(r for r in service.http.get("/api/v1/rules").json()["items"] if r["code"] == "water_two_days")
    assert (told["window_s"], told["enabled"]) == (36 * 3600, False)
    device = service.world.devices["water_meter"]
    assert [(o["device_id"], o["threshold"]) for o in told["overrides"]] == [(device, 0.02)]


def test_what_could_not_be_taken_is_tried_again(page: Page, service: Service) -> None:
    letter = [{"device": "nobody-knows-it", "observed_at": "2026-01-01T00:00:00+08:00", "values": {"smoke": 0}}]
    service.http.post("/api/v1/telemetry", json=letter)
    page.goto(f"{service.url}/admin?section=letters")
    expect(page.get_by_test_id("letters")).to_contain_text("nobody-knows-it")
    page.get_by_test_id("again-all").click()
    expect(page.get_by_test_id("outcome")).to_contain_text("仍不能收 1 条")
    page.locator("[data-section=notices]").click()
    trial = page.locator("[data-channel=trial]")
    trial.get_by_test_id("test").click()
    expect(trial).to_contain_text("对方收下了")
