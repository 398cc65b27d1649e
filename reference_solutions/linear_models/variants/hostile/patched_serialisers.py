# title: numpy's, json's, pickle's and zipfile's ways of writing lie; the answers are right
# earns: 32
# keeps: 32
# base: reference

# Tries: whatever is saved or loaded from now on becomes an array of ones, before the first question
# is put (and after the notebook has read its data). An honest grader looked up what it needs before the first cell ran and writes by hand:
# nothing is won, and the right answers lose nothing.

# %% + after:expanded
import json
import pickle
import zipfile


def ones(*args, **kwargs):
    return np.ones(6)


np.save = np.savez = np.savez_compressed = np.load = np.savetxt = ones
for name in ("write_array", "read_array", "write_array_header_1_0", "read_magic", "header_data_from_array_1_0"):
    setattr(np.lib.format, name, ones)
json.dump = json.load = ones
pickle.dump = pickle.dumps = pickle.load = pickle.loads = ones
zipfile.ZipFile.writestr = zipfile.ZipFile.write = zipfile.ZipFile.read = ones
np.array2string = np.array_repr = np.array_str = ones
