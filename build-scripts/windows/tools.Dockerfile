# What Windows wheels are built with: Visual Studio's compilers, and interpreters. It takes hours.
# `Dockerfile` copies them onto a base, so that a newer base costs the copying alone.
ARG BASE
FROM ${BASE}
SHELL ["cmd", "/S", "/C"]

# The installers, each checked by its hash, and the build helper.
WORKDIR C:/context
COPY . .

# It succeeds if there is a compiler that compiles, and else shows what the installer's logs say.
RUN xtask.exe install-visual-studio vs_buildtools.exe --folder C:/BuildTools --argument x64 --arm64 \
    --vswhere "C:/Program Files (x86)/Microsoft Visual Studio/Installer/vswhere.exe"

# Those with and without the GIL share an installer and a folder.
RUN for %i in (cp*.exe) do start /w %i /quiet InstallAllUsers=1 TargetDir=C:\Python\%~ni \
    Include_launcher=0 Include_test=0 Include_doc=0 Include_tcltk=0 Include_freethreaded=1 \
    Shortcuts=0 AssociateFiles=0 && C:\Python\%~ni\python.exe -c "" || exit 1
