"""An id that could not stand in an address is mended, then the database refuses any other."""

from django.db import migrations, models

from alliage.vocabulary.words import slug

ADDRESS = r'^[a-z0-9]+(-[a-z0-9]+)*\Z'


def mend(apps, schema_editor):
    """The pages of such a record could not be shown, so that no address is lost."""
    for name in ('Alliance', 'Organisation'):
        model = apps.get_model('catalogue', name)
        for row in model.objects.exclude(slug__regex=ADDRESS).iterator():
            base = free = slug(row.slug)
            number = 1
            while model.objects.filter(slug=free).exists():
                number += 1
                free = f'{base}-{number}'
            row.slug = free
            row.save(update_fields=['slug'])


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0001_first'),
    ]

    operations = [
        migrations.RunPython(mend, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='alliance',
            constraint=models.CheckConstraint(condition=models.Q(('slug__regex', ADDRESS)), name='alliance_slug_is_an_address'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.CheckConstraint(condition=models.Q(('slug__regex', ADDRESS)), name='organisation_slug_is_an_address'),
        ),
    ]
