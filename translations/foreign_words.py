"""Words that others' code shows to our users and whose own catalogue is silent, English or clumsy in Chinese.

Never imported: it stands here so that `make translate` keeps them. Flask-AppBuilder, WTForms, click.
"""
from __future__ import annotations


def N_(*words: str) -> tuple[str, ...]:
    """A mark for `pybabel extract` only."""
    return words


NN_ = N_  # singular and plural

# Flask-AppBuilder
N_("Access is Denied")
N_("Added Row")
N_("Changed Row")
N_("Deleted Row")
N_("Associated data exists, please delete them first")
N_("Integrity error, probably unique constraint")
N_("General Error")
N_("Database Error")
N_("Not a valid choice")
N_("Password")
N_("Confirm Password")
N_("Please use a good password policy, this application does not check this for you")
N_("Please rewrite the password to confirm")
N_("Passwords must match")
N_("Password Changed")
N_("Reset Password Form")
N_("Reset My Password")
N_("Save")
N_("Edit User")
N_("Already exists.")

# click, read by the standard library's gettext
N_("Show this message and exit.")
N_("Usage:")
N_("Options")
N_("Commands")
N_("Positional arguments")
N_("Missing command.")
N_("Missing argument")
N_("Missing option")
N_("Missing parameter")
N_("Missing {param_type}")
N_("Missing parameter: {param_name}")
N_("Error: {message}")
N_("Aborted!")
N_("Try '{command} {option}' for help.")
N_("No such option {name!r}.")
N_("No such command {name!r}.")
N_("Invalid value: {message}")
N_("Invalid value for {param_hint}: {message}")
N_("unknown error")
N_("Could not open file {filename!r}: {message}")
N_("{value!r} is not a valid {number_type}.")
N_("{name} {filename!r} does not exist.")
N_("{name} {filename!r} is a file.")
N_("{name} {filename!r} is a directory.")
N_("{name} {filename!r} is not readable.")
N_("{name} {filename!r} is not writable.")
N_("file")
N_("directory")
N_("path")
N_("default: {default}")
N_("env var: {var}")
N_("required")
N_("Repeat for confirmation")
N_("Error: The two entered values do not match.")
N_("Error: invalid input")
N_("Choose from:\n\t{choices}")
N_("Option {name!r} does not take a value.")
N_("Argument {name!r} takes {nargs} values.")
NN_("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})")
NN_("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)")
NN_("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.")
NN_("{value!r} is not {choice}.", "{value!r} is not one of {choices}.")
NN_("{value!r} does not match the format {format}.", "{value!r} does not match the formats {formats}.")
NN_("Takes {nargs} values but 1 was given.", "Takes {nargs} values but {len} were given.")
N_("Check the history against its seals; ends with 1 when an entry was touched.")
N_("{sealed} entries in {blocks} blocks are as they were sealed; {unsealed} not sealed yet.")
