"""Where the money goes: the register of payees' accounts, and the formats of the paying banks."""

from views.bank import accounts, profiles


def register(app, admin):
    app.register_blueprint(accounts.blueprint)
    app.register_blueprint(profiles.blueprint)
