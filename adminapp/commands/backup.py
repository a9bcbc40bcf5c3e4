"""`relief backup`: write, check and bring back the whole county."""

from pathlib import Path

import click

from adminapp import anchors, audit, database, indexes, sealing
from adminapp.backup import KIND, keys, reading, restoring, sealed, writing
from adminapp.commands import with_engine
from adminapp.config import read_settings
from adminapp.errors import SetupError
from adminapp.scope import system
from adminapp.workflow import events

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, exists=True, writable=True, path_type=Path)


@click.group()
def backup():
    """Write, check and bring back the whole county in one sealed file."""


@backup.command("key")
@click.argument("file", type=FILE)
def make_key(file):
    """Make the pair of keys of the backups, once: FILE gets the secret one, which belongs off this computer.

    Example: relief backup key /media/usb/backup-key.txt
    """
    recipient = sealed.new_identity(file)
    click.echo(f"私钥已写入 {file}：请存到别的地方（如保险柜里的 U 盘），丢失后备份就打不开。")
    click.echo(f"本机只需公钥，请设置：RELIEF_BACKUP_KEY={recipient}")


@backup.command()
@click.argument("folder", type=FOLDER)
@click.option("--to", "recipient", help="Public key; RELIEF_BACKUP_KEY when left out.")
@click.option("--keep", type=click.IntRange(1), help="Afterwards delete all but so many of the newest backups in the folder.")
@with_engine
def create(engine, folder, recipient, keep):
    """Write a backup of this moment into FOLDER, while the county goes on working.

    Example: relief backup create /srv/backup --keep 30
    """
    recipient = recipient or engine.settings.backup_key
    if not recipient:
        raise SetupError("还没有备份公钥：请先执行 relief backup key，并设置 RELIEF_BACKUP_KEY。")
    with system("relief backup create"):
        path = writing.write(engine.settings, folder, sealed.recipient_of(recipient))
    click.echo(f"已写 {path}，{path.stat().st_size / 1e6:.1f} MB")
    for old in sorted(folder.glob("relief-*.age"))[: -keep if keep else None] if keep else []:
        old.unlink()
        click.echo(f"已删除旧备份 {old.name}")


@backup.command()
@click.argument("file", type=FILE)
@click.option("--identity", type=FILE, required=True, help="The file that `relief backup key` wrote.")
def verify(file, identity):
    """Read a backup to its end and compare everything with its list. Nothing is stored anywhere.

    Example: relief backup verify /srv/backup/relief-20261126-020000.age --identity /media/usb/backup-key.txt
    """
    manifest = reading.through(file, sealed.read_identity(identity))
    click.echo(_told(manifest) + "，完整")


@backup.command()
@click.argument("file", type=FILE)
@click.option("--identity", type=FILE, required=True, help="The file that `relief backup key` wrote.")
@click.pass_context
def restore(context, file, identity):
    """Bring a backup into an empty database, then prove logs and payment lists by it.

    Example: RELIEF_DATABASE=relief_new relief backup restore relief-20261126-020000.age --identity backup-key.txt
    """
    settings = read_settings()
    if not (Path(settings.home) / "keys" / "fields.json").exists():
        raise SetupError(f"{settings.home} 里没有密钥。请先执行 relief backup restore-keys，否则恢复后号码打不开。")
    secret = sealed.read_identity(identity)
    database.connect(settings)
    sealing.use_keys(Path(settings.home) / "keys" / "fields.json")
    manifest = restoring.restore(settings, file, secret)
    indexes.upgrade(database.current())
    click.echo("已恢复 " + _told(manifest))
    engine = context.obj.engine()
    breaks = [*events.verify(), *audit.verify(), *anchors.verify(engine.settings)]
    for sentence in breaks:
        click.echo(sentence, err=True)
    if breaks:
        raise SetupError(f"数据已恢复，但有 {len(breaks)} 处记录与存证不符，请先查明再使用")
    with system("relief backup restore"):
        audit.log(KIND, file=file.name, restored=True)
    click.echo("事件记录、日志与存证一致，可以使用")


@backup.command()
@click.argument("file", type=FILE)
@click.password_option("--passphrase", prompt="口令", confirmation_prompt="再输入一次", help="Asked for when left out.")
def save_keys(file, passphrase):
    """Save the program's own keys, sealed by a passphrase, to a file that belongs apart from the backups.

    Example: relief backup save-keys /media/usb/relief-keys.age
    """
    keys.save(read_settings(), file, passphrase)
    click.echo(f"密钥已写入 {file}：请与备份、与口令分开存放。换密钥后要再存一次。")


@backup.command()
@click.argument("file", type=FILE)
@click.option("--passphrase", prompt="口令", hide_input=True, help="Asked for when left out.")
def restore_keys(file, passphrase):
    """Put saved keys back into RELIEF_HOME, where there are none.

    Example: RELIEF_HOME=/srv/relief relief backup restore-keys /media/usb/relief-keys.age
    """
    found = keys.restore(read_settings(), file, passphrase)
    click.echo(f"已恢复密钥：{'、'.join(found)}")


def _told(manifest):
    documents = sum(each["documents"] for each in manifest["collections"].values())
    return f"{manifest['county']} {manifest['at'][:16]} 的备份：{len(manifest['collections'])} 个集合，{documents} 条，{len(manifest['files'])} 个文件"
