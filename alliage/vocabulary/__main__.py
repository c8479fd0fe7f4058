"""`python -m alliage.vocabulary`: checks that every content file loads; run by `make check`."""

import sys

from alliage.vocabulary.content_files import content_mistakes

if found := content_mistakes():
    sys.exit("\n".join(found))
print("Contenu : tous les fichiers se lisent.")
