"""`relief user`: the first account, and help for people who are locked out."""

import click

from adminapp import policy
from adminapp.auth import accounts, users
from adminapp.commands import with_engine
from adminapp.scope import system


@click.group()
def user():
    """Accounts: add, list, reset a password, unlock."""


@user.command()
@click.argument("username")
@click.option("--name", required=True, help="Name shown on screens and papers.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(sorted(policy.ROLES)), help="May be given several times.")
@click.option("--township", "townships", multiple=True, help="9-digit code; for township roles.")
@click.option("--village", "villages", multiple=True, help="12-digit code; for village assistants.")
@with_engine
def add(engine, username, name, roles, townships, villages):
    """Add an account and print its first password, which must be changed at the first login.

    Example: relief user add admin --name 系统管理员 --role sysadmin
    """
    with system("relief user add"):
        made, password = accounts.create_user(username, name, roles, townships, villages)
    click.echo(f"已建立账户 {made.username}，初始密码：{password}（首次登录须修改）")


@user.command(name="list")
@with_engine
def list_users(engine):
    """List the accounts with roles and places."""
    for item in users.all_users():
        row = item.row
        click.echo(f"{item.username:20} {row['name']:12} {'、'.join(item.role_labels)}  {' '.join(row['townships'])}{'' if row['active'] else '  已停用'}")


@user.command()
@click.argument("username")
@with_engine
def reset(engine, username):
    """Give a new first password; all sessions of the account end.

    Example: relief user reset clerk.tuojiang
    """
    with system("relief user reset"):
        password = accounts.reset_password(username)
    click.echo(f"{username} 的新密码：{password}（下次登录须修改）")


@user.command()
@click.argument("username")
@with_engine
def unlock(engine, username):
    """Let an account try again after too many failures.

    Example: relief user unlock clerk.tuojiang
    """
    with system("relief user unlock"):
        count = accounts.unlock(username)
    click.echo(f"已解除锁定（{count} 个地址）")
